using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Delivery.Gate;

/// <summary>Tells log and metrics what the gate does.</summary>
internal sealed partial class GateNotices(DestinationMetrics metrics, ILogger<DeliveryGate> logger)
{
    /// <summary>The destination paused, resumed, or is paused for something else.</summary>
    public void PauseChanged(string? before, string? now)
    {
        if (now is not null && now != before)
        {
            metrics.Paused(now);
            Log.Paused(logger, now);
        }
        else if (now is null && before is not null)
        {
            Log.Resumed(logger, before);
        }
    }

    /// <summary>Customer.io is taken to be down.</summary>
    public void BreakerOpened(string code)
    {
        metrics.BreakerOpened();
        Log.BreakerOpened(logger, code);
    }

    /// <summary>It answers again.</summary>
    public void BreakerClosed() => Log.BreakerClosed(logger);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The destination paused: {Reason}. Everything is held.")]
        public static partial void Paused(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "The destination resumed after {Reason}.")]
        public static partial void Resumed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Customer.io is unavailable ({Code}); deliveries wait, one is tried each 5 s.")]
        public static partial void BreakerOpened(ILogger logger, string code);

        [LoggerMessage(LogLevel.Information, "Customer.io answers again; deliveries go on.")]
        public static partial void BreakerClosed(ILogger logger);
    }
}
