using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>Removes every dead letter older than its retention, in as many passes as that takes.</summary>
internal sealed partial class DeadLetterRetention(ServiceBusDeadLetterStore store, ILogger<DeadLetterRetention> logger)
{
    /// <summary>Does it once.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        int removed = 0;
        DeadLetterPass pass;
        do
        {
            pass = await store.PurgeAsync(cancellationToken);
            removed += pass.Done;
        }
        while (pass is { More: true, Contended: false } && !cancellationToken.IsCancellationRequested);

        if (removed > 0)
        {
            Log.Purged(logger, removed);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Count} dead letters were older than their retention and are gone.")]
        public static partial void Purged(ILogger logger, int count);
    }
}
