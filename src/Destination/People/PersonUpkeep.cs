using CustomerIoDestination.Ports;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.People;

/// <summary>
/// Opens what is remembered of people at the start, so that a changed secret is told then, and lets go each hour of what was kept long enough. By age nothing
/// goes while the clock is doubted.
/// </summary>
internal sealed partial class PersonUpkeep(PersonMemory memory, SteadyClock clock, TimeProvider time, ILogger<PersonUpkeep> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            TimeSpan pause = await TakeTurnAsync(stoppingToken) ? Pause : AfterFailure;
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TakeTurnAsync(CancellationToken stopping)
    {
        try
        {
            await memory.OpenAsync(stopping);
            ClockReading now = clock.Read();
            int gone = await memory.PurgeAsync(now.IsDoubted ? DateTimeOffset.MinValue : now.Believed, stopping);
            if (gone > 0)
            {
                Log.Purged(logger, gone);
            }

            return true;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return true;
        }
#pragma warning disable CA1031 // Nothing waits for it: it is done the next time.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.Failed(logger, (failure as UnavailableException)?.Code ?? failure.GetType().Name);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Count} rows of what was remembered of people were kept long enough, or are not wanted any more, and are gone.")]
        public static partial void Purged(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "What is remembered of people could not be looked after ({Code}); it is tried again.")]
        public static partial void Failed(ILogger logger, string code);
    }
}
