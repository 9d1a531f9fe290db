using CustomerIoDestination.Queueing;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// Where every delivery asks before a call whether it may: closed while the destination is paused (wrong key, region or URL; everything
/// rejected) or Customer.io is down. While it is closed, single deliveries are let through as trials: one in 5 s while Customer.io is down, one a
/// minute, each of another partition, while everything is rejected, none while the configuration is wrong. Thread-safe.
/// </summary>
internal sealed partial class DeliveryGate : IDisposable
{
    public const int RejectedInARow = 50;

    private readonly Lock _lock = new();
    private readonly GateQueue _waiting = new();
    private readonly Breaker _breaker = new();
    private readonly TimeProvider _time;
    private readonly DestinationMetrics _metrics;
    private readonly ILogger<DeliveryGate> _logger;
    private readonly ITimer _timer;
    private volatile GateState _state;
    private int _rejected;
    private long _trialAt;

    public DeliveryGate(TimeProvider time, DestinationMetrics metrics, ILogger<DeliveryGate> logger)
    {
        _time = time;
        _metrics = metrics;
        _logger = logger;
        _state = new GateState(null, time.GetUtcNow(), BreakerOpen: false);
        _timer = time.CreateTimer(static state => ((DeliveryGate)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The state now.</summary>
    public GateState State => _state;

    /// <summary>Waits until a call may be made.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before.</exception>
    public ValueTask EnterAsync(Partition partition, CancellationToken cancellationToken) =>
        _state.IsOpen ? ValueTask.CompletedTask : new ValueTask(WaitAsync(partition, cancellationToken));

    /// <summary>A call was made. Returns what it came to: while everything is rejected, a rejection says more about the destination than about the event.</summary>
    public DeliveryOutcome Report(Partition partition, DeliveryOutcome outcome)
    {
        lock (_lock)
        {
            switch (outcome)
            {
                case DeliveryOutcome.Unavailable unavailable:
                    if (_breaker.Failed(partition, unavailable))
                    {
                        Change(_state with { BreakerOpen = true });
                        _metrics.BreakerOpened();
                        Log.BreakerOpened(_logger, unavailable.Code);
                    }

                    return outcome;
                case DeliveryOutcome.Misconfigured misconfigured:
                    Answered();
                    Pause(misconfigured.Code);
                    return outcome;
                case DeliveryOutcome.Rejected rejected:
                    Answered();
                    return Rejected(rejected);
                default:
                    Answered();
                    Delivered();
                    return outcome;
            }
        }
    }

    /// <summary>Key, region and URL were checked.</summary>
    public void Report(PingResult ping)
    {
        lock (_lock)
        {
            if (PingDiagnosis.Code(ping) is { } code)
            {
                Pause(code);
            }
            else if (ping is PingResult.Good && _state.PausedFor is not (null or MisconfiguredCodes.EverythingRejected))
            {
                Resume();
            }
        }
    }

    /// <summary>An operator says that rejections are over; does nothing unless paused for them.</summary>
    public void ResumeAfterRejections()
    {
        lock (_lock)
        {
            if (_state.PausedFor == MisconfiguredCodes.EverythingRejected)
            {
                Resume();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private DeliveryOutcome Rejected(DeliveryOutcome.Rejected rejected)
    {
        if (_state.PausedFor != MisconfiguredCodes.EverythingRejected && ++_rejected < RejectedInARow)
        {
            return rejected;
        }

        Pause(MisconfiguredCodes.EverythingRejected);
        return new DeliveryOutcome.Misconfigured(MisconfiguredCodes.EverythingRejected, rejected.Status) { Calls = rejected.Calls };
    }

    private void Delivered()
    {
        _rejected = 0;
        if (_state.PausedFor == MisconfiguredCodes.EverythingRejected)
        {
            Resume();
        }
    }

    private void Answered()
    {
        if (_breaker.Answered())
        {
            Log.BreakerClosed(_logger);
            Change(_state with { BreakerOpen = false });
        }
    }

    private void Pause(string code)
    {
        if (_state.PausedFor == code)
        {
            return;
        }

        Change(_state with { PausedFor = code, Since = _time.GetUtcNow() });
        _metrics.Paused(code);
        Log.Paused(_logger, code);
    }

    private void Resume()
    {
        Log.Resumed(_logger, _state.PausedFor);
        _rejected = 0;
        Change(_state with { PausedFor = null, Since = _time.GetUtcNow() });
    }

    private void Change(GateState state)
    {
        _state = state;
        if (state.IsOpen)
        {
            _waiting.LetAll();
        }
        else
        {
            ScheduleTrial();
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

    private void OnTimer()
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

        TimeSpan left = TimeSpan.FromTicks(_trialAt - Now());
        if (left > TimeSpan.Zero)
        {
            _timer.Change(left, Timeout.InfiniteTimeSpan);
        }
        else if (_waiting.TryLetOne())
        {
            _trialAt = Now() + interval.Ticks;
            _timer.Change(interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void ScheduleTrial()
    {
        if (_state.TrialEvery is { } interval)
        {
            _trialAt = Now() + interval.Ticks;
            _timer.Change(interval, Timeout.InfiniteTimeSpan);
        }
    }

    private long Now() => _time.GetElapsedTime(0).Ticks;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The destination paused: {Reason}. Everything is held.")]
        public static partial void Paused(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "The destination resumed after {Reason}.")]
        public static partial void Resumed(ILogger logger, string? reason);

        [LoggerMessage(LogLevel.Warning, "Customer.io is unavailable ({Code}); deliveries wait, one is tried each 5 s.")]
        public static partial void BreakerOpened(ILogger logger, string code);

        [LoggerMessage(LogLevel.Information, "Customer.io answers again; deliveries go on.")]
        public static partial void BreakerClosed(ILogger logger);
    }
}
