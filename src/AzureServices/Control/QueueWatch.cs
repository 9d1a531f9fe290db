using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>What is done each minute: look at the queue, check the key, tell the metrics, and let what is too old go.</summary>
public sealed partial class QueueWatch
{
    // Under a minute, so that no watch meets the next.
    private static readonly TimeSpan LongestPing = TimeSpan.FromSeconds(20);

    private readonly IEventQueue _queue;
    private readonly Func<CancellationToken, Task<DeadLetterPass>> _purge;
    private readonly IDestinationControl _control;
    private readonly DestinationControl _own;
    private readonly DestinationMetrics _metrics;
    private readonly DayTables _days;
    private readonly ControlTable _table;
    private readonly DestinationSettings _settings;
    private readonly TimeProvider _time;
    private readonly ILogger<QueueWatch> _logger;

    internal QueueWatch(
        IEventQueue queue,
        Func<CancellationToken, Task<DeadLetterPass>> purge,
        IDestinationControl control,
        DestinationControl own,
        DestinationMetrics metrics,
        DayTables days,
        ControlTable table,
        DestinationSettings settings,
        TimeProvider time,
        ILogger<QueueWatch> logger)
    {
        _queue = queue;
        _purge = purge;
        _control = control;
        _own = own;
        _metrics = metrics;
        _days = days;
        _table = table;
        _settings = settings;
        _time = time;
        _logger = logger;
    }

    /// <summary>Does it once. Every step is tried whatever the others came to.</summary>
    /// <exception cref="AggregateException">Steps that failed: the function fails, and its alert tells somebody.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        List<Exception> failures = [];
        _metrics.Watched();
        await TryAsync("queue", () => LookAsync(cancellationToken), failures, cancellationToken);
        await TryAsync("ping", () => PingAsync(cancellationToken), failures, cancellationToken);
        await TryAsync("state", () => RecordStateAsync(cancellationToken), failures, cancellationToken);
        await TryAsync("dead letters", () => PurgeAsync(cancellationToken), failures, cancellationToken);
        await TryAsync("delivery log", () => _days.DropExpiredAsync(cancellationToken), failures, cancellationToken);
        await TryAsync("reports", () => _table.ForgetAsync(_time.GetUtcNow() - InstanceReport.Retention, cancellationToken), failures, cancellationToken);
        if (failures.Count > 0)
        {
            throw new AggregateException(failures);
        }
    }

    private async Task RecordStateAsync(CancellationToken cancellationToken)
    {
        DeliveryStatus status = await _control.GetStatusAsync(cancellationToken);

        // Not hearing of a pause is not the end of one: no word is better than a wrong one.
        if (status is { SharedState: not { Reachable: false } } or { State: DestinationState.Paused })
        {
            _metrics.Watched(status);
        }
    }

    // An age of zero would end the very alert an outage calls for.
    private async Task LookAsync(CancellationToken cancellationToken)
    {
        QueueStatus? status = await _queue.GetStatusAsync(cancellationToken);
        _metrics.Watched(status ?? throw new UnavailableException(Backend.Queue, "queue_unreachable"));
    }

    private async Task PingAsync(CancellationToken cancellationToken)
    {
        if (!_settings.Delivery.Enabled)
        {
            return;
        }

        using CancellationTokenSource patience = new(LongestPing, _time);
        await using CancellationTokenRegistration link = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), patience);
        try
        {
            await _own.CheckAsync(patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // No answer says nothing about the key, and those who deliver tell of Customer.io's state.
        }
    }

    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        DeadLetterPass pass = await _purge(cancellationToken);
        if (pass.Done > 0)
        {
            Log.Purged(_logger, pass.Done, _settings.DeadLetters.Retention);
        }
    }

    private async Task TryAsync(string step, Func<Task> run, List<Exception> failures, CancellationToken cancellationToken)
    {
        try
        {
            await run();
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            _metrics.WatchFailed(step);
            Log.StepFailed(_logger, step, failure.GetType().Name);
            failures.Add(failure);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Count} dead letters older than {Retention} were purged.")]
        public static partial void Purged(ILogger logger, int count, TimeSpan retention);

        [LoggerMessage(LogLevel.Error, "The watch's step '{Step}' failed ({ExceptionType}).")]
        public static partial void StepFailed(ILogger logger, string step, string exceptionType);
    }
}
