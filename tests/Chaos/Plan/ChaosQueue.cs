namespace CustomerIoDestination.Chaos.Plan;

/// <summary>The queue the host runs on.</summary>
internal enum ChaosQueue
{
    /// <summary>The embedded one, in a file.</summary>
    Sqlite,

    /// <summary>Service Bus, on the broker double.</summary>
    ServiceBus,
}
