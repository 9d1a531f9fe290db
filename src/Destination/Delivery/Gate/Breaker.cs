using CustomerIoDestination.Model;

namespace CustomerIoDestination.Delivery.Gate;

/// <summary>
/// Tells an outage from one event's trouble: open after ten unavailable answers in a row from at least three partitions. Any other answer closes
/// it. Not thread-safe.
/// </summary>
internal sealed class Breaker
{
    public const int Failures = 10;
    public const int Partitions = 3;

    private readonly HashSet<Partition> _partitions = [];
    private int _failures;

    /// <summary>Whether deliveries must wait.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>A call with events of these partitions failed. True when that opened the breaker.</summary>
    public bool Failed(ReadOnlySpan<Partition> partitions)
    {
        _failures++;
        foreach (Partition partition in partitions)
        {
            _partitions.Add(partition);
        }

        if (IsOpen || _failures < Failures || _partitions.Count < Partitions)
        {
            return false;
        }

        IsOpen = true;
        return true;
    }

    /// <summary>Customer.io answered. True when that closed the breaker.</summary>
    public bool Answered()
    {
        bool closed = IsOpen;
        IsOpen = false;
        _failures = 0;
        _partitions.Clear();
        return closed;
    }
}
