using System.Diagnostics;
using OpenTelemetry;

namespace CustomerIoDestination.AzureServices.Telemetry;

/// <summary>
/// Keeps every span that failed and one in ten of the others, whole traces together. Metrics count everything, so nothing is lost but examples of success.
/// </summary>
internal sealed class SuccessSampling : BaseProcessor<Activity>
{
    private const int KeptOneIn = 10;

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (data.Status != ActivityStatusCode.Error && !IsKept(data.TraceId))
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }

    // A trace id is random, so any byte of it is as good as a dice.
    private static bool IsKept(ActivityTraceId trace)
    {
        Span<byte> bytes = stackalloc byte[16];
        trace.CopyTo(bytes);
        return bytes[15] % KeptOneIn == 0;
    }
}
