using CustomerIoDestination.Delivery;

namespace CustomerIoDestination.Queueing;

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
}
