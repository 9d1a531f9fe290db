using System.Buffers.Binary;
using System.Diagnostics;
using OpenTelemetry;

namespace CustomerIoDestination.AzureServices.Telemetry;

/// <summary>
/// Keeps every span that failed and a share of the others, whole traces together. Metrics count everything, so nothing is lost but examples of success.
/// </summary>
/// <param name="share">The share, 0 to 1.</param>
internal sealed class SuccessSampling(double share) : BaseProcessor<Activity>
{
    // The rightmost seven bytes of a trace id are random: https://www.w3.org/TR/trace-context-2/#random-trace-id-flag
    private const ulong RandomBits = (1UL << 56) - 1;

    private readonly ulong _kept = (ulong)(share * (RandomBits + 1));

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.Status != ActivityStatusCode.Error && !IsKept(data.TraceId))
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    private bool IsKept(ActivityTraceId trace)
    {
        Span<byte> bytes = stackalloc byte[16];
        trace.CopyTo(bytes);
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) & RandomBits) < _kept;
    }
}
