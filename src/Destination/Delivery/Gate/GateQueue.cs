using CustomerIoDestination.Model;

namespace CustomerIoDestination.Delivery.Gate;

/// <summary>Deliveries that wait at the closed gate. One at a time may be let through as a trial, each of another partition. Not thread-safe.</summary>
internal sealed class GateQueue
{
    private readonly List<(Partition Partition, TaskCompletionSource Waiter)> _waiting = [];
    private readonly Dictionary<Partition, long> _tried = [];
    private long _trials;

    public bool IsEmpty => _waiting.TrueForAll(static entry => entry.Waiter.Task.IsCompleted);

    public void Add(Partition partition, TaskCompletionSource waiter)
    {
        _waiting.RemoveAll(static entry => entry.Waiter.Task.IsCompleted);
        _waiting.Add((partition, waiter));
    }

    /// <summary>This partition has its trial now.</summary>
    public void Try(Partition partition) => _tried[partition] = ++_trials;

    /// <summary>Lets the one through whose partition was tried least recently; false when nobody waits.</summary>
    public bool TryLetOne()
    {
        while (_waiting.Count > 0)
        {
            int next = 0;
            for (int i = 1; i < _waiting.Count; i++)
            {
                next = LastTrial(i) < LastTrial(next) ? i : next;
            }

            (Partition partition, TaskCompletionSource waiter) = _waiting[next];
            _waiting.RemoveAt(next);
            if (waiter.TrySetResult())
            {
                Try(partition);
                return true;
            }
        }

        return false;
    }

    /// <summary>Lets all through and forgets the trials.</summary>
    public void LetAll()
    {
        foreach ((_, TaskCompletionSource waiter) in _waiting)
        {
            waiter.TrySetResult();
        }

        _waiting.Clear();
        _tried.Clear();
    }

    private long LastTrial(int index) => _tried.GetValueOrDefault(_waiting[index].Partition);
}
