using CustomerIoDestination.Model;

namespace CustomerIoDestination.Delivery.Gate;

/// <summary>When the next delivery may be let through a closed gate as a trial. Not thread-safe but for the timer, which calls back.</summary>
internal sealed class TrialClock(TimeProvider time, Action due) : IDisposable
{
    private readonly long _start = time.GetTimestamp();
    private readonly ITimer _timer = time.CreateTimer(static state => ((Action)state!)(), due, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    private TimeSpan _next;
    private TimeSpan _notBefore;

    /// <summary>How long it takes until a trial is due.</summary>
    public TimeSpan Left => Later(_next - Now(), TimeSpan.Zero);

    /// <summary>Whether a trial is due.</summary>
    public bool IsDue => Now() >= _next;

    /// <summary>The next trial comes after so long, and not before Customer.io asked for.</summary>
    public void After(TimeSpan interval)
    {
        _next = Later(Now() + interval, _notBefore);
        Arm();
    }

    /// <summary>Customer.io asked to be left alone for so long.</summary>
    public void NotWithin(TimeSpan wait)
    {
        _notBefore = Later(_notBefore, Now() + wait);
        _next = Later(_next, _notBefore);
    }

    /// <summary>The trial that was let through made no call: the next may have it now.</summary>
    public void Again() => _next = _notBefore;

    /// <summary>Customer.io answered: what it asked for before is over.</summary>
    public void Answered() => _notBefore = TimeSpan.Zero;

    /// <summary>Calls back when the next trial is due.</summary>
    public void Arm()
    {
        TimeSpan left = _next - Now();
        _timer.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private TimeSpan Now() => time.GetElapsedTime(_start);

    private static TimeSpan Later(TimeSpan one, TimeSpan other) => one > other ? one : other;
}

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
