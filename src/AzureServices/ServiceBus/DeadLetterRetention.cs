using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>Removes dead letters older than their retention, and tells of it. None while the clock is doubted, which is told when it begins and when it ends.</summary>
internal sealed partial class DeadLetterRetention(
    ServiceBusDeadLetterStore store, DeadLetterSettings settings, SteadyClock clock, ILogger<DeadLetterRetention> logger)
{
    private bool _isDoubtTold;

    /// <summary>Removes all, in as many passes as that takes.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await TellOfDoubtAsync(cancellationToken);
        int removed = 0;
        DeadLetterPass pass;
        do
        {
            pass = await store.PurgeAsync(cancellationToken);
            removed += pass.Done;
        }
        while (pass is { More: true, Contended: false } && !cancellationToken.IsCancellationRequested);

        TellOf(removed);
    }

    /// <summary>Removes what one pass reaches.</summary>
    public async Task RunOnceAsync(CancellationToken cancellationToken)
    {
        await TellOfDoubtAsync(cancellationToken);
        TellOf((await store.PurgeAsync(cancellationToken)).Done);
    }

    /// <summary>While the clock is doubted: until when, and what waits for it. Else null.</summary>
    public async Task<RetentionPause?> ReadPauseAsync(CancellationToken cancellationToken) => clock.Read() is { IsDoubted: true } now
        ? new RetentionPause(now.ProofLeft, await store.CountDueAsync(now.Wall, cancellationToken))
        : null;

    private async Task TellOfDoubtAsync(CancellationToken cancellationToken)
    {
        ClockReading now = clock.Read();
        if (now.ProofLeft is { } left && !_isDoubtTold)
        {
            int due = await store.CountDueAsync(now.Wall, cancellationToken);
            Log.StartDoubted(logger, (now.Wall - now.Believed).TotalDays, left.TotalHours, due);
            _isDoubtTold = true;
        }
        else if (_isDoubtTold && !now.IsDoubted)
        {
            _isDoubtTold = false;
            Log.StartBelieved(logger);
        }
    }

    private void TellOf(int removed)
    {
        if (removed > 0)
        {
            Log.Purged(logger, removed, settings.Retention);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Count} dead letters older than {Retention} were purged.")]
        public static partial void Purged(ILogger logger, int count, TimeSpan retention);

        [LoggerMessage(LogLevel.Warning,
            "The clock is {Days:F1} days from the last time that was known: it is wrong, or everything was stopped for long. Nothing is purged and no event expires "
            + "until this process has run for {Hours:F1} h more, earlier starts included. By this clock {Count} dead letters would go then (1000: or more).")]
        public static partial void StartDoubted(ILogger logger, double days, double hours, int count);

        [LoggerMessage(LogLevel.Warning, "The clock is believed again: purging goes on, and events may expire.")]
        public static partial void StartBelieved(ILogger logger);
    }
}
