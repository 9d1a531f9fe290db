using Azure;
using Azure.Identity;
using Azure.Messaging.ServiceBus;
using Azure.Messaging.ServiceBus.Administration;

namespace CustomerIoDestination.AzureServices.ServiceBus.Counting;

/// <summary>The broker's own counts. Reading them needs a right beyond sending and receiving; without it, or without an answer in time, they are asked for again only after a while.</summary>
internal sealed class QueueCounts(ServiceBusAdministrationClient? administration, string queueName, TimeProvider time)
{
    private static readonly TimeSpan PauseAfterRefusal = TimeSpan.FromMinutes(5);

    private long _refusedAt;
    private bool _isRefused;

    /// <summary>Messages in the queue, those in somebody's hands included, and dead letters; null when they can't be had.</summary>
    public async Task<(long Active, long DeadLettered)?> ReadAsync(CancellationToken cancellationToken)
    {
        if (administration is null || (_isRefused && time.GetElapsedTime(_refusedAt) < PauseAfterRefusal))
        {
            return null;
        }

        try
        {
            QueueRuntimeProperties counts = await administration.GetQueueRuntimePropertiesAsync(queueName, cancellationToken);
            _isRefused = false;
            return (counts.ActiveMessageCount, counts.DeadLetterMessageCount);
        }
        catch (Exception failure) when (IsRefusal(failure, cancellationToken))
        {
            _refusedAt = time.GetTimestamp();
            _isRefused = true;
            return null;
        }
    }

    // The client cancels of its own when it had no answer in time.
    private static bool IsRefusal(Exception failure, CancellationToken cancellationToken) => failure
        is UnauthorizedAccessException or RequestFailedException or ServiceBusException or AuthenticationFailedException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
