using CustomerIoDestination.Model;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery.Gate;

/// <summary>
/// Where every delivery asks before a call whether it may: closed while the destination is paused (wrong key, region or URL; everything
/// rejected) or Customer.io is down. While it is closed, single deliveries are let through as trials: one in 5 s while Customer.io is down, one a
/// minute, each of another partition, while everything is rejected, none while the configuration is wrong. Thread-safe.
/// </summary>
internal sealed class DeliveryGate : IDisposable
{
    public const int RejectedInARow = 50;

    private readonly Lock _lock = new();
    private readonly GateQueue _waiting = new();
    private readonly Breaker _breaker = new();
    private readonly TimeProvider _time;
    private readonly GateNotices _notices;
    private readonly TrialClock _trials;
    private volatile GateState _state;
    private int _rejected;
    private DateTimeOffset? _probeAt;

    public DeliveryGate(TimeProvider time, GateNotices notices)
    {
        _time = time;
        _notices = notices;
        _state = new GateState { OpenSince = time.GetUtcNow(), OpenedAt = time.GetTimestamp() };
        _trials = new TrialClock(time, OnTrialDue);
    }

    /// <summary>The state now.</summary>
    public GateState State => _state;

    /// <summary>When the next trial is let through; null while none is.</summary>
    public DateTimeOffset? NextTrialAt
    {
        get
        {
            lock (_lock)
            {
                return _state.TrialEvery is null ? null : _time.GetUtcNow() + _trials.Left;
            }
        }
    }

    /// <summary>When key, region and URL are asked for next, while they are wrong; null while they are not.</summary>
    public DateTimeOffset? NextProbeAt
    {
        get
        {
            lock (_lock)
            {
                DateTimeOffset now = _time.GetUtcNow();
                return _state.Misconfigured is null || _probeAt is not { } at ? null : at > now ? at : now;
            }
        }
    }

    /// <summary>Who asks for key, region and URL does so again after so long.</summary>
    public void ProbesAgainIn(TimeSpan interval)
    {
        lock (_lock)
        {
            _probeAt = _time.GetUtcNow() + interval;
        }
    }

    /// <summary>Waits until a call may be made.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    public ValueTask EnterAsync(Partition partition, CancellationToken cancellationToken) =>
        _state.IsOpen ? ValueTask.CompletedTask : new ValueTask(WaitAsync(partition, cancellationToken));

    /// <summary>
    /// Judges what a call came to, and opens or closes by it. Returns the outcome that counts for the event: while everything is rejected, a rejection says
    /// more about the destination than about the event, and becomes <see cref="DeliveryOutcome.Misconfigured"/>.
    /// </summary>
    public DeliveryOutcome Judge(Partition partition, DeliveryOutcome outcome) => Judge([partition], outcome);

    /// <summary>The same for one call with events of several partitions: it counts once.</summary>
    public DeliveryOutcome Judge(ReadOnlySpan<Partition> partitions, DeliveryOutcome outcome)
    {
        lock (_lock)
        {
            switch (outcome)
            {
                case DeliveryOutcome.Unavailable unavailable:
                    Failed(partitions, unavailable);
                    return outcome;
                case DeliveryOutcome.Misconfigured misconfigured:
                    Change(Answered().With(misconfigured.Reason!, _time.GetUtcNow()));
                    return outcome;
                case DeliveryOutcome.Rejected rejected:
                    return IsOneOfTooMany(Answered())
                        ? new DeliveryOutcome.Misconfigured(MisconfiguredCodes.EverythingRejected, rejected.HttpStatus) { Calls = rejected.Calls }
                        : rejected;
                default:
                    _rejected = 0;
                    GateState state = Answered();
                    Change(state.Rejections is null ? state : state with { Rejections = null });
                    return outcome;
            }
        }
    }

    /// <summary>
    /// Judges an event whose mapping broke with an exception. It counts like a rejection, because a deployment that can't map anything must not empty the
    /// queue into the dead letters; but nobody answered, so it does not close the breaker. True when the event must be held.
    /// </summary>
    public bool JudgeMappingFailure()
    {
        lock (_lock)
        {
            return IsOneOfTooMany(_state);
        }
    }

    /// <summary>Judges what asking for key, region and URL came to: a pause for them begins or ends by it; no answer says nothing.</summary>
    public void JudgePing(PingResult ping)
    {
        lock (_lock)
        {
            if (PingDiagnosis.Code(ping) is { } code)
            {
                Change(_state.With(code, _time.GetUtcNow()));
            }
            else if (ping is PingResult.Good)
            {
                Change(_state with { Misconfigured = null });
            }
        }
    }

    /// <summary>An operator says that rejections are over; does nothing unless paused for them.</summary>
    public void ResumeAfterRejections()
    {
        lock (_lock)
        {
            Change(_state with { Rejections = null });
        }
    }

    /// <summary>Who was let through made no call: if it was a trial, the next in line has it.</summary>
    public void MadeNoCall()
    {
        if (!_state.IsOpen)
        {
            lock (_lock)
            {
                _trials.Again();
                LetTrials();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _trials.Dispose();

    private void Failed(ReadOnlySpan<Partition> partitions, DeliveryOutcome.Unavailable unavailable)
    {
        if (unavailable.RetryAfter is { } wait)
        {
            _trials.NotWithin(RetryAfter.Bounded(wait));
        }

        if (_breaker.Failed(partitions))
        {
            _notices.BreakerOpened(unavailable.Reason!);
            Change(_state with { BreakerOpen = true });
        }
    }

    // Counts a rejection and adds what it means to the state, which may just have heard an answer.
    private bool IsOneOfTooMany(GateState state)
    {
        bool tooMany = state.Rejections is not null || ++_rejected >= RejectedInARow;
        Change(tooMany ? state.With(MisconfiguredCodes.EverythingRejected, _time.GetUtcNow()) : state);
        return tooMany;
    }

    // What else the answer says is added before anybody is let through.
    private GateState Answered()
    {
        if (!_breaker.Answered())
        {
            return _state;
        }

        _trials.Answered();
        _notices.BreakerClosed();
        return _state with { BreakerOpen = false, OpenSince = _time.GetUtcNow() };
    }

    private void Change(GateState state)
    {
        if (state == _state)
        {
            return;
        }

        string? before = _state.PausedFor;
        if (_state.Rejections is not null && state.Rejections is null)
        {
            _rejected = 0;
        }

        if (before is not null && state.PausedFor is null)
        {
            state = state with { OpenSince = _time.GetUtcNow(), OpenedAt = _time.GetTimestamp() };
        }

        _state = state;
        _notices.PauseChanged(before, state.PausedFor);
        if (state.IsOpen)
        {
            _waiting.LetAll();
        }
        else if (state.TrialEvery is { } interval)
        {
            _trials.After(interval);
        }
    }

    private async Task WaitAsync(Partition partition, CancellationToken cancellationToken)
    {
        TaskCompletionSource waiter = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter);
        lock (_lock)
        {
            if (_state.IsOpen)
            {
                return;
            }

            _waiting.Add(partition, waiter);
            LetTrials();
        }

        await waiter.Task;
    }

    private void OnTrialDue()
    {
        lock (_lock)
        {
            LetTrials();
        }
    }

    private void LetTrials()
    {
        if (_state.TrialEvery is not { } interval || _waiting.IsEmpty)
        {
            return;
        }

        if (_trials.IsDue && _waiting.TryLetOne())
        {
            _trials.After(interval);
        }
        else
        {
            _trials.Arm();
        }
    }
}
