using System.Diagnostics;
using CustomerIoDestination.AzureServices.Telemetry;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.AzureServices.Tests.Telemetry;

public sealed class SuccessSamplingTests
{
    // Evenly over all that a trace id can be.
    private const int Traces = 1_000;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.1, 100)]
    [InlineData(0.5, 500)]
    [InlineData(1, 1_000)]
    public void Every_failure_is_kept_and_the_share_of_successes_that_is_wanted(double share, int kept)
    {
        Kept(share, ActivityStatusCode.Error).ShouldBe(Traces);
        Kept(share, ActivityStatusCode.Ok).ShouldBe(kept);
        Kept(share, ActivityStatusCode.Unset).ShouldBe(kept);
    }

    [Fact]
    public void One_success_in_ten_is_kept_where_nobody_wants_another_share() => new TelemetrySettings().SuccessSampling.ShouldBe(0.1);

    private static int Kept(double share, ActivityStatusCode status)
    {
        using SuccessSampling sampling = new(share);
        return Enumerable.Range(0, Traces).Count(number => IsKept(sampling, status, (ulong)((number + 0.5) / Traces * (1UL << 56))));
    }

    private static bool IsKept(SuccessSampling sampling, ActivityStatusCode status, ulong randomPartOfTrace)
    {
        using Activity span = new("deliver track");
        byte[] trace = new byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(trace.AsSpan(8), randomPartOfTrace);
        trace[0] = 1;
        trace[8] = byte.MaxValue;
        span.SetParentId(ActivityTraceId.CreateFromBytes(trace), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        span.Start();
        span.SetStatus(status);
        sampling.OnEnd(span);
        return span.Recorded;
    }
}
