using CustomerIoDestination.Queueing;

namespace CustomerIoDestination.AzureServices.DeliveryLog;

/// <summary>
/// A queue that tells the log what it took, because a message on Service Bus can't be looked up by its event: so the story of an event is known from the
/// moment it was accepted.
/// </summary>
internal sealed class LoggedEventQueue(IEventQueue queue, IDeliveryLog log) : IEventQueue
{
    /// <inheritdoc/>
    public async Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken)
    {
        EnqueueResult result = await queue.EnqueueAsync(envelopes, cancellationToken);
        if (result is EnqueueResult.Enqueued enqueued)
        {
            await log.RecordAsync(
                [.. envelopes.Where((_, index) => !enqueued.TooLarge.Contains(index)).SelectMany(ArrivalOf)],
                CancellationToken.None);
        }

        return result;
    }

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
