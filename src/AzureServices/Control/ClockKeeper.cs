using CustomerIoDestination.AzureServices.DeliveryLog;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>
/// Keeps the last time that a process believed in the table, so that a start can be compared with it. Until it is read the clock is doubted: storage that is
/// away makes nothing old. Of several processes the last that believes its clock is heard by those that doubt theirs.
/// </summary>
internal sealed partial class ClockKeeper : BackgroundService
{
    /// <summary>How often it is kept.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(3);

    private readonly ControlTable _table;
    private readonly SteadyClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<ClockKeeper> _logger;

    // What lay in the table when this process last read or wrote it; null before, and when nothing did.
    private ClockMemory? _known;
    private bool _isRead;
    private bool _failing;

    public ClockKeeper(ControlTable table, SteadyClock clock, TimeProvider time, ILogger<ClockKeeper> logger)
    {
        _table = table;
        _clock = clock;
        _time = time;
        _logger = logger;
        clock.AwaitMemory();
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_isRead)
        {
            await TryAsync(KeepAsync, cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            bool isDone = await TryAsync(_isRead ? KeepAsync : ReadAsync, stoppingToken);
            await Task.Delay(isDone ? Interval : Retry, _time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        _known = await _table.ReadClockAsync(cancellationToken);
        if (_known is { } memory)
        {
            _clock.GoOnFrom(memory);
        }
        else
        {
            _clock.BelieveStart();
        }

        _isRead = true;
        await KeepAsync(cancellationToken);
    }

    private async Task KeepAsync(CancellationToken cancellationToken)
    {
        if (_clock.Read().ProofLeft is not null && await _table.ReadClockAsync(cancellationToken) is { } kept && kept != _known && kept.RanInDoubt == TimeSpan.Zero)
        {
            // Somebody else wrote it, and believes it.
            _known = kept;
            _clock.GoOnFrom(kept);
            return;
        }

        ClockMemory own = _clock.Memory;
        await _table.WriteClockAsync(own, cancellationToken);
        _known = own;
    }

    private async Task<bool> TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellationToken)
    {
        try
        {
            await step(cancellationToken);
            _failing = false;
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (UnavailableException failure)
        {
            if (!_failing)
            {
                Log.NotKept(_logger, failure.Code);
            }

            _failing = true;
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The last known time could not be read or kept ({Code}). Until it is read nothing is purged and no event expires.")]
        public static partial void NotKept(ILogger logger, string code);
    }
}

/// <summary>Lets go what lies too long in the tables; nothing while the clock is doubted.</summary>
internal sealed partial class TableRetention(DayTables days, ControlTable table, SteadyClock clock, ILogger<TableRetention> logger)
{
    /// <summary>Drops the days of the delivery log that are no longer kept.</summary>
    public async Task DropLogAsync(CancellationToken cancellationToken)
    {
        if (clock.Read() is { IsDoubted: false } now && await days.DropExpiredAsync(now.Believed, cancellationToken) is > 0 and int dropped)
        {
            Log.Dropped(logger, dropped, DayTables.RetentionDays);
        }
    }

    /// <summary>Forgets the reports of processes that were not heard of for long.</summary>
    public Task ForgetReportsAsync(CancellationToken cancellationToken) =>
        clock.Read() is { IsDoubted: false } now ? table.ForgetAsync(now.Believed - InstanceReport.Retention, cancellationToken) : Task.CompletedTask;

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Count} days of the delivery log, older than {Days} days, were dropped.")]
        public static partial void Dropped(ILogger logger, int count, int days);
    }
}
