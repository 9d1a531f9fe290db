using CustomerIoDestination.Model;

namespace CustomerIoDestination.Pacing;

/// <summary>
/// Keeps the process at its share of the rate, in any sliding second, retries and pings included. Customer.io asks for at most 100 to 200
/// requests a second (docs.customer.io/journeys/importing-old-data). Thread-safe.
/// </summary>
/// <remarks>
/// What holds is the time of sending: permits don't bunch (<see cref="Pace"/>), whatever else the machine does. What arrives within a second was permitted within
/// that second and the longest delay on the way, so a machine that lets a thread or socket wait for 300 ms may let 1.3 of the limit arrive. A process
/// knows nothing of the permits of the one before it, but begins at a quarter of the rate: a restart adds at most one request to the seconds it lies in.
/// </remarks>
internal sealed class RequestLimiter : IDisposable
{
    // Timers fire no finer than this; Pace lets late ones catch up.
    private static readonly TimeSpan ShortestTimer = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan WithoutShare = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly PermitQueue _waiting = new();
    private readonly IRateShare _rate;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly long _start;
    private Pace _pace;
    private bool _timerIsSet;
    private bool _isClosed;
    private long _granted;

    public RequestLimiter(IRateShare rate, TimeProvider time)
    {
        _rate = rate;
        _time = time;
        _start = time.GetTimestamp();
        _pace = Pace.At(0);
        _timer = time.CreateTimer(static state => ((RequestLimiter)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Requests a second allowed now: the share, less what a 429 took from it.</summary>
    public double Current
    {
        get
        {
            lock (_gate)
            {
                return (_rate.RequestsPerSecond ?? 0) * _pace.Share(Now());
            }
        }
    }

    /// <summary>Requests that wait for a permit now.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Permits given so far.</summary>
    public long Granted
    {
        get
        {
            lock (_gate)
            {
                return _granted;
            }
        }
    }

    /// <summary>Waits for a permit to send one request.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled, or this was disposed of, before there was one.</exception>
    public ValueTask AcquireAsync(Lane lane, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _rate.Ask();
        return TryTakeNow() ? ValueTask.CompletedTask : new ValueTask(WaitAsync(lane, cancellationToken));
    }

    /// <summary>Customer.io answered 429: halves the rate, once a second at most. False when it was halved within this second already.</summary>
    public bool Slow()
    {
        lock (_gate)
        {
            return _pace.Halve(Now());
        }
    }

    /// <summary>Customer.io asked, with a 429, to be left alone for so long.</summary>
    public void Hold(TimeSpan wait)
    {
        lock (_gate)
        {
            _pace.Hold(Now() + wait.TotalSeconds, _rate.RequestsPerSecond ?? 1);
        }
    }

    /// <summary>Nobody gets a permit any more; who waits is told so at once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            _waiting.CancelAll();
        }

        _timer.Dispose();
    }

    private bool TryTakeNow()
    {
        lock (_gate)
        {
            double now = Now();
            if (_isClosed || !_waiting.IsEmpty || _rate.RequestsPerSecond is not { } limit || _pace.Wait(now, limit) > 0)
            {
                return false;
            }

            Take(now, limit);
            return true;
        }
    }

    private async Task WaitAsync(Lane lane, CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter);
        lock (_gate)
        {
            _waiting.Add(lane, waiter);
            if (_isClosed)
            {
                _waiting.CancelAll();
            }

            Release();
        }

        await waiter.Task;
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _timerIsSet = false;
            Release();
        }
    }

    private void Release()
    {
        double now = Now();
        while (!_waiting.IsEmpty)
        {
            if (_rate.RequestsPerSecond is not { } limit)
            {
                _rate.StillWaiting(_waiting.Count);
                SetTimer(WithoutShare);
                return;
            }

            double wait = _pace.Wait(now, limit);
            if (wait > 0)
            {
                _rate.StillWaiting(_waiting.Count);
                SetTimer(TimeSpan.FromSeconds(wait));
                return;
            }

            if (_waiting.TryGrant())
            {
                Take(now, limit);
            }
        }
    }

    private void Take(double now, double limit)
    {
        _pace.Take(now, limit);
        _granted++;
    }

    private void SetTimer(TimeSpan delay)
    {
        if (!_timerIsSet)
        {
            _timerIsSet = true;
            _timer.Change(delay < ShortestTimer ? ShortestTimer : delay, Timeout.InfiniteTimeSpan);
        }
    }

    private double Now() => _time.GetElapsedTime(_start).TotalSeconds;
}

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
