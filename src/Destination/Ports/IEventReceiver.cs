using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ports;

/// <summary>The queue as the delivery workers see it: partitions are leased, worked on in order, and given back.</summary>
public interface IEventReceiver
{
    /// <summary>
    /// Waits until a partition of the lane has events and nobody holds it, and leases it with its oldest events.
    /// Partitions take turns, so that a busy one does not starve the rest.
    /// </summary>
    /// <param name="lane">Which lane to receive from.</param>
    /// <param name="maxEvents">The most events to hand out, at least 1; an implementation may hand out fewer (Service Bus: one).</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<IPartitionLease> ReceiveAsync(Lane lane, int maxEvents, CancellationToken cancellationToken);
}

/// <summary>
/// A partition in one consumer's hands, with a run of its oldest events. Disposing gives it back; events that were not settled
/// come again, in their old order, before any later one.
/// </summary>
public interface IPartitionLease : IAsyncDisposable
{
    /// <summary>The partition.</summary>
    Partition Partition { get; }

    /// <summary>The run: consecutive events, oldest first, at least one.</summary>
    IReadOnlyList<ReceivedEvent> Events { get; }

    /// <summary>Cancelled when the lease is lost (Service Bus: the session lock); what is unsettled will be delivered to somebody else.</summary>
    CancellationToken Lost { get; }

    /// <summary>
    /// Carries out the attempt's <see cref="DeliveryAttempt.Settlement"/> and records the attempt in the delivery log. Durable when the task ends.
    /// After a release nothing later of this run may be settled.
    /// </summary>
    /// <param name="received">An event of <see cref="Events"/>, not settled yet.</param>
    /// <param name="attempt">What the delivery came to.</param>
    Task SettleAsync(ReceivedEvent received, DeliveryAttempt attempt);

    /// <summary>
    /// Writes down how often an event failed while its delivery goes on, so that a process that ends without a release takes at most what came after
    /// along. Whoever gets the event next sees it in <see cref="ReceivedEvent.History"/>, unless it is settled. Costs a write: meant for a delivery that
    /// waits for long. Never fails because of the queue: what could not be written is told again by the next call, or by the release.
    /// </summary>
    /// <param name="received">An event of <see cref="Events"/>, not settled yet.</param>
    /// <param name="history">All its failures so far, those of earlier deliveries included.</param>
    Task KeepAsync(ReceivedEvent received, FailureHistory history);
}
