using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Delivery.Batching;

/// <summary>
/// Shipments that wait for a place on the wire. Those that share a batch go as they came; those that travel alone go by the fewest failures first, so
/// that one that was only in bad company does not wait behind one that hangs again and again. Not thread-safe.
/// </summary>
/// <param name="maxItems">The most items of a batch.</param>
internal sealed class BatchWaiting(int maxItems)
{
    private readonly LinkedList<Entry> _sharing = new();
    private readonly LinkedList<Entry> _alone = new();
    private int _items;
    private int _bytes;

    /// <summary>Whether any waits to share a batch.</summary>
    public bool AnySharing => _sharing.Count > 0;

    /// <summary>Whether those that share fill a batch.</summary>
    public bool IsFull => _items >= maxItems || _bytes + BatchBody.FrameBytes >= TrackApiLimits.BatchBytes;

    /// <summary>The next that travels alone; null when there is none.</summary>
    public Entry? NextAlone => _alone.First?.Value;

    public void Add(Entry entry)
    {
        if (!entry.Shipment.TravelsAlone)
        {
            _sharing.AddLast(entry);
            _items += entry.Shipment.Events.Count;
            _bytes += entry.Shipment.Bytes;
            return;
        }

        LinkedListNode<Entry>? before = _alone.Last;
        while (before is { Value.Shipment.Failures: { } failures } && failures > entry.Shipment.Failures)
        {
            before = before.Previous;
        }

        _ = before is null ? _alone.AddFirst(entry) : _alone.AddAfter(before, entry);
    }

    /// <summary>Takes one out; false when it does not wait any more.</summary>
    public bool Remove(Entry entry)
    {
        if (entry.Shipment.TravelsAlone)
        {
            return _alone.Remove(entry);
        }

        bool removed = _sharing.Remove(entry);
        if (removed)
        {
            _items -= entry.Shipment.Events.Count;
            _bytes -= entry.Shipment.Bytes;
        }

        return removed;
    }

    /// <summary>Takes the oldest of those that share, as many as one batch holds.</summary>
    public List<Entry> TakeSharing()
    {
        List<Entry> batch = [];
        int items = 0;
        int bytes = BatchBody.FrameBytes;
        while (_sharing.First is { Value: { } next } && (batch.Count == 0 || (items + next.Shipment.Events.Count <= maxItems && bytes + next.Shipment.Bytes <= TrackApiLimits.BatchBytes)))
        {
            batch.Add(next);
            items += next.Shipment.Events.Count;
            bytes += next.Shipment.Bytes;
            Remove(next);
        }

        return batch;
    }

    /// <summary>Takes out all that were not let through a closed gate.</summary>
    public List<Entry> TakeNoTrials()
    {
        List<Entry> taken = [.. _sharing.Concat(_alone).Where(static entry => !entry.Shipment.IsTrial)];
        taken.ForEach(entry => Remove(entry));
        return taken;
    }

    /// <summary>A shipment that waits.</summary>
    /// <param name="Shipment">The shipment.</param>
    /// <param name="Sent">Ends when every event of it has its outcome.</param>
    /// <param name="Stopping">Whoever waits for it gave up.</param>
    internal sealed record Entry(Shipment Shipment, TaskCompletionSource Sent, CancellationToken Stopping);
}
