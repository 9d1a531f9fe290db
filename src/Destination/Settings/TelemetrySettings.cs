namespace CustomerIoDestination.Settings;

/// <summary>What is told of deliveries, where a host sends telemetry.</summary>
public sealed record TelemetrySettings
{
    /// <summary>The share of traces kept in which nothing failed, 0 to 1. Failures are kept whatever it is, and metrics count everything.</summary>
    public double SuccessSampling { get; init; } = 0.1;
}
