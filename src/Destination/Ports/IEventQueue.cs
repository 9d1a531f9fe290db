using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ports;

/// <summary>The durable queue as ingest sees it. Implemented by the embedded SQLite queue and by Service Bus; the same contract suite tests both.</summary>
public interface IEventQueue
{
    /// <summary>Puts events on the queue. When the task ends in <see cref="EnqueueResult.Enqueued"/> they survive a crash of anything.</summary>
    /// <param name="envelopes">The events, in order; order is kept inside a partition.</param>
    /// <param name="cancellationToken">Gives up waiting; what was already taken stays taken.</param>
    Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken);

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
