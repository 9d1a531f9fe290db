using CustomerIoDestination.Delivery.Preparing;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Delivery.Batching;

/// <summary>
/// Consecutive events of one partition that travel in one batch, in their order. Groups of several partitions share a batch, but not when they
/// failed before: then each goes alone, so that one that can't be taken does not hold the others.
/// </summary>
/// <param name="Lane">Their lane.</param>
/// <param name="Events">The events, oldest first; each has its item. They fit one batch.</param>
/// <param name="TravelsAlone">Whether it must not share a batch.</param>
/// <param name="Failures">How often it failed in a row.</param>
/// <param name="IsTrial">Whether it was let through a closed gate.</param>
internal sealed record BatchGroup(Lane Lane, IReadOnlyList<PendingEvent> Events, bool TravelsAlone, int Failures, bool IsTrial)
{
    /// <summary>Bytes of its items, commas included.</summary>
    public int Bytes { get; } = Events.Sum(static pending => pending.Item!.Value.Length + 1);
}
