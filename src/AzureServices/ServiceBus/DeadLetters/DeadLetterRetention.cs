using CustomerIoDestination.Queueing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;

/// <summary>Removes dead letters older than their retention, at the start and then each hour.</summary>
internal sealed partial class DeadLetterRetention(ServiceBusDeadLetterStore store, TimeProvider time, ILogger<DeadLetterRetention> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PurgeAsync(stoppingToken);
            }
#pragma warning disable CA1031 // What could not be removed now is removed an hour later.
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                Log.PurgeFailed(logger, exception.GetType().Name);
            }

            await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task PurgeAsync(CancellationToken cancellationToken)
    {
        int removed = 0;
        DeadLetterPass pass;
        do
        {
            pass = await store.PurgeAsync(cancellationToken);
            removed += pass.Done;
        }
        while (pass is { More: true, Contended: false });

        if (removed > 0)
        {
            Log.Purged(logger, removed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Count} dead letters were older than their retention and are gone.")]
        public static partial void Purged(ILogger logger, int count);

        [LoggerMessage(LogLevel.Warning, "Old dead letters could not be removed ({ExceptionType}); it is tried again.")]
        public static partial void PurgeFailed(ILogger logger, string exceptionType);
    }
}
