using CustomerIoDestination.Delivery.Batching;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// How many events the consumers of one lane ask the queue for. In batch mode together about as many as fit on the wire, and a consumer never so
/// few that its partition crawls: more in hand would only fill memory. Thread-safe.
/// </summary>
internal sealed class RunBudget(DeliverySettings settings)
{
    // A run holds its partition: long enough to be worth a read of the queue, short enough that partitions take turns.
    private const int SingleRun = 64;

    // Of a batch: what every partition may have in hand while others have much.
    private const int LeastShare = 5;

    private readonly Lock _gate = new();
    private readonly int _most = settings.Mode == DeliveryMode.Batch ? settings.BatchItems : SingleRun;
    private readonly int _least = settings.Mode == DeliveryMode.Batch ? Math.Max(1, settings.BatchItems / LeastShare) : SingleRun;
    private int _left = BatchLine.MaxOnTheWire * settings.BatchItems;

    /// <summary>How many the next run may have.</summary>
    public int Take()
    {
        lock (_gate)
        {
            int run = Math.Clamp(_left, _least, _most);
            _left -= run;
            return run;
        }
    }

    /// <summary>So many of what was taken are not, or no longer, in hand.</summary>
    public void Return(int events)
    {
        lock (_gate)
        {
            _left += events;
        }
    }
}
