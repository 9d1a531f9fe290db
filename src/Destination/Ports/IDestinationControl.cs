namespace CustomerIoDestination.Ports;

/// <summary>
/// The delivering side as operators see and steer it. In one process it is the process itself; in Azure HTTP and delivery run on
/// different instances and it is read from and written to shared storage.
/// </summary>
public interface IDestinationControl
{
    /// <summary>State, workspace, rate and counts. Where the others can't be heard, what this process knows, and <see cref="DeliveryStatus.SharedState"/> says so.</summary>
    Task<DeliveryStatus> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>What was tried last for an event that fails and is in this process's hand; null when it is not, or does not fail.</summary>
    FailingEvent? FindFailing(string eventId);

    /// <summary>Ends a pause for <c>everything_rejected</c>; does nothing in any other state.</summary>
    /// <exception cref="UnavailableException">The other processes can't be told now; this one was.</exception>
    Task ResumeAsync(CancellationToken cancellationToken);
}
