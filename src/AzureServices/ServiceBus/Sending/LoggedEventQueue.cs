using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.Sending;

/// <summary>
/// A queue that tells the log what it took, because a message on Service Bus can't be looked up by its event: so the story of an event is known from the
/// moment it was accepted. What the queue has stays promised whatever becomes of the log.
/// </summary>
internal sealed class LoggedEventQueue(IEventQueue queue, IDeliveryLog log, EventSettling settling) : IEventQueue
{
    /// <inheritdoc/>
    public async Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken)
    {
        EnqueueResult result = await queue.EnqueueAsync(envelopes, cancellationToken);
        if (result is EnqueueResult.Enqueued enqueued)
        {
            DeliveryLogEntry[] arrivals = [.. envelopes.Where((_, index) => !enqueued.TooLarge.Contains(index)).SelectMany(ArrivalOf)];
            await settling.TryAsync(token => log.RecordAsync(arrivals, token));
        }

        return result;
    }

    /// <inheritdoc/>
    public Task<QueueRemoval> RemoveAsync(Predicate<ReadOnlyMemory<byte>> isWanted, SkipReason reason, CancellationToken cancellationToken) =>
        queue.RemoveAsync(isWanted, reason, cancellationToken);

    /// <inheritdoc/>
    public Task<QueueStatus?> GetStatusAsync(CancellationToken cancellationToken) => queue.GetStatusAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<QueueHealth> GetHealthAsync(CancellationToken cancellationToken) => queue.GetHealthAsync(cancellationToken);

    private static IEnumerable<DeliveryLogEntry> ArrivalOf(EventEnvelope envelope)
    {
        yield return StepOf(envelope, EventStep.Accepted, envelope.ReceivedAt);
        yield return StepOf(envelope, EventStep.Queued, envelope.QueuedAt);
    }

    private static DeliveryLogEntry StepOf(EventEnvelope envelope, EventStep step, DateTimeOffset at) => new()
    {
        At = at,
        EventId = envelope.EventId,
        Kind = envelope.Kind,
        Lane = envelope.Lane,
        Step = step,
    };
}
