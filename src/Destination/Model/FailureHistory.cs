namespace CustomerIoDestination.Model;

/// <summary>How often calls for an event failed, and since when. Outlives a release and a crash.</summary>
/// <param name="FailedCalls">Calls to Customer.io for this event that failed in earlier passes.</param>
/// <param name="FirstFailedAt">When the first of them failed; null when none did.</param>
public readonly record struct FailureHistory(int FailedCalls, DateTimeOffset? FirstFailedAt)
{
    /// <summary>Nothing failed yet.</summary>
    public static FailureHistory None => default;
}
