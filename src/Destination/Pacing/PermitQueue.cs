using CustomerIoDestination.Model;

namespace CustomerIoDestination.Pacing;

/// <summary>
/// Who waits for a permit, in two lanes: live first, but one permit in five is the import's while it waits. Not thread-safe.
/// </summary>
internal sealed class PermitQueue
{
    /// <summary>Permits the live lane may take in a row while the import lane waits.</summary>
    private const int LivePerImport = 4;

    private readonly Queue<TaskCompletionSource> _live = new();
    private readonly Queue<TaskCompletionSource> _import = new();
    private int _liveInARow;

    /// <summary>Whether nobody waits. Those who gave up don't count.</summary>
    public bool IsEmpty => !HasWaiter(_live) && !HasWaiter(_import);

    /// <summary>How many wait.</summary>
    public int Count => _live.Count(static waiter => !waiter.Task.IsCompleted) + _import.Count(static waiter => !waiter.Task.IsCompleted);

    /// <summary>One more waits.</summary>
    public void Add(Lane lane, TaskCompletionSource waiter) => (lane == Lane.Live ? _live : _import).Enqueue(waiter);

    /// <summary>Gives a permit to whose turn it is; false when nobody takes it.</summary>
    public bool TryGrant()
    {
        while (Next() is { } waiter)
        {
            if (waiter.TrySetResult())
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Nobody who waits gets one.</summary>
    public void CancelAll()
    {
        while (Next() is { } waiter)
        {
            waiter.TrySetCanceled();
        }
    }

    private TaskCompletionSource? Next()
    {
        bool import = HasWaiter(_import);
        if (HasWaiter(_live) && !(import && _liveInARow >= LivePerImport))
        {
            _liveInARow = import ? _liveInARow + 1 : 0;
            return _live.Dequeue();
        }

        _liveInARow = 0;
        return import ? _import.Dequeue() : null;
    }

    private static bool HasWaiter(Queue<TaskCompletionSource> queue)
    {
        while (queue.TryPeek(out TaskCompletionSource? waiter) && waiter.Task.IsCompleted)
        {
            queue.Dequeue();
        }

        return queue.Count > 0;
    }
}
