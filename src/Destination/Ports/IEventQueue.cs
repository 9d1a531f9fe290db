using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ports;

/// <summary>The durable queue as ingest sees it. Implemented by the embedded SQLite queue and by Service Bus; the same contract suite tests both.</summary>
public interface IEventQueue
{
    /// <summary>Puts events on the queue. When the task ends in <see cref="EnqueueResult.Enqueued"/> they survive a crash of anything.</summary>
    /// <param name="envelopes">The events, in order; order is kept inside a partition.</param>
    /// <param name="cancellationToken">Gives up waiting; what was already taken stays taken.</param>
    Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken);

    /// <summary>
    /// Takes events off the queue for good, whether somebody holds them or not, and tells the delivery log. Works at most
    /// <see cref="QueueRemoval.MaxDuration"/>; what it does not come to, or can't take out, stays and is for whoever delivers it to drop.
    /// </summary>
    /// <param name="isWanted">Which, by their raw JSON.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <param name="cancellationToken">Stops it between two events.</param>
    /// <exception cref="UnavailableException">The queue can't be reached.</exception>
    Task<QueueRemoval> RemoveAsync(Predicate<ReadOnlyMemory<byte>> isWanted, SkipReason reason, CancellationToken cancellationToken);

    /// <summary>How full the queue is; null when it can't be reached from here, so that nothing is known. Answers fast at any depth.</summary>
    Task<QueueStatus?> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Whether the queue takes events now. Anybody may ask at any rate: it costs the queue next to nothing.</summary>
    async Task<QueueHealth> GetHealthAsync(CancellationToken cancellationToken) => await GetStatusAsync(cancellationToken) switch
    {
        null => QueueHealth.Unreachable,
        { CanEnqueue: true } => QueueHealth.Taking,
        _ => QueueHealth.Refusing,
    };
}

/// <summary>What came of taking events off the queue.</summary>
/// <param name="Removed">How many are gone that nobody held.</param>
/// <param name="RemovedInHand">How many are gone that a consumer holds: it asks once more before it sends one.</param>
/// <param name="Left">How many were found and stay, because this queue takes none out.</param>
/// <param name="More">Whether it ended at its bound, so that there may be others.</param>
public sealed record QueueRemoval(int Removed, int RemovedInHand, int Left, bool More)
{
    /// <summary>The longest one pass takes.</summary>
    public static TimeSpan MaxDuration { get; } = TimeSpan.FromSeconds(60);
}
