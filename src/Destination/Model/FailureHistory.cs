namespace CustomerIoDestination.Model;

/// <summary>How often an event's delivery was tried and since when it fails. Outlives a release and a crash.</summary>
/// <param name="Attempts">Calls to Customer.io that failed so far in earlier deliveries of this event.</param>
/// <param name="FirstFailedAt">When the first of them failed; null when none did.</param>
public readonly record struct FailureHistory(int Attempts, DateTimeOffset? FirstFailedAt)
{
    /// <summary>Nothing failed yet.</summary>
    public static FailureHistory None => default;
}
