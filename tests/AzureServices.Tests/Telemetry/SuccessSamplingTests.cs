using System.Diagnostics;
using CustomerIoDestination.AzureServices.Telemetry;

namespace CustomerIoDestination.AzureServices.Tests.Telemetry;

public sealed class SuccessSamplingTests
{
    [Fact]
    public void Every_failure_is_kept_and_one_success_in_ten()
    {
        Ended(ActivityStatusCode.Error).ShouldBe(256);
        Ended(ActivityStatusCode.Ok).ShouldBe(26);
        Ended(ActivityStatusCode.Unset).ShouldBe(26);
    }

    private static int Ended(ActivityStatusCode status) => Enumerable.Range(0, 256).Count(last => IsKept(status, last));

    private static bool IsKept(ActivityStatusCode status, int lastByteOfTrace)
    {
        using SuccessSampling sampling = new();
        using Activity span = new("deliver track");
        byte[] trace = new byte[16];
        trace[15] = (byte)lastByteOfTrace;
        trace[0] = 1;
        span.SetParentId(ActivityTraceId.CreateFromBytes(trace), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        span.Start();
        span.SetStatus(status);
        sampling.OnEnd(span);
        return span.Recorded;
    }
}
