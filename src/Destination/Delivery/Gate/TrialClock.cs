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
