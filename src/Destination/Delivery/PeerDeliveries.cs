using System.Collections.Concurrent;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// What this process delivered for others while an event failed: the difference between an event that alone fails and an outage. Thread-safe.
/// </summary>
internal sealed class PeerDeliveries
{
    private readonly long[] _perPartition = new long[2 * Partition.MaxCount];
    private readonly ConcurrentDictionary<Partition, Mark> _released = new();
    private long _total;

    /// <summary>An event of the partition was delivered.</summary>
    public void Delivered(Partition partition)
    {
        Interlocked.Increment(ref _perPartition[Index(partition)]);
        Interlocked.Increment(ref _total);
    }

    /// <summary>Events of other partitions delivered so far.</summary>
    public long Others(Partition partition) => Interlocked.Read(ref _total) - Interlocked.Read(ref _perPartition[Index(partition)]);

    /// <summary>Remembers, beyond a release, how many others were delivered when the event began to fail.</summary>
    public void Released(Partition partition, string eventId, long othersAtFirstFailure) => _released[partition] = new Mark(eventId, othersAtFirstFailure);

    /// <summary>What <see cref="Released"/> remembered of the event; the count of now when it remembers nothing.</summary>
    public long AtFirstFailure(Partition partition, string eventId) =>
        _released.TryRemove(partition, out Mark mark) && mark.EventId == eventId ? mark.Others : Others(partition);

    private static int Index(Partition partition) => ((int)partition.Lane * Partition.MaxCount) + partition.Number;

    private readonly record struct Mark(string EventId, long Others);
}
