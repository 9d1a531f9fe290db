using System.Diagnostics;
using CustomerIoDestination.Delivery.Batching;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Delivery.Preparing;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>Sends events in the form they were prepared in, tells the gate what came of it, and gives each event its outcome.</summary>
internal sealed class EventSender(TrackApiClient client, Batcher batcher, DeliveryGate gate)
{
    /// <summary>Sends events of one partition: one by its requests, or several in a batch.</summary>
    /// <param name="events">The events, oldest first.</param>
    /// <param name="segment">What they are a part of.</param>
    /// <param name="cancellationToken">Ends waits before they are sent.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before they were sent.</exception>
    public ValueTask SendAsync(IReadOnlyList<PendingEvent> events, SegmentDelivery segment, CancellationToken cancellationToken) => events is [{ Item: null } single]
        ? SendRequestsAsync(single, cancellationToken)
        : new ValueTask(batcher.SendAsync(
            new BatchGroup(events[0].Envelope.Lane, events, segment.TravelsAlone, segment.FailuresInARow, segment.IsTrial), cancellationToken));

    // In turn, stopped at the first that is not taken; a repeat sends all of them again.
    private async ValueTask SendRequestsAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        Activity.Current = pending.Span ?? Activity.Current;
        foreach (TrackApiRequest request in pending.Requests)
        {
            DeliveryOutcome outcome = await client.SendAsync(request, pending.Envelope.Lane, cancellationToken);
            pending.Outcome = outcome;
            pending.Called(outcome.Calls, outcome.HttpStatus);
            if (outcome is not DeliveryOutcome.Delivered)
            {
                break;
            }
        }

        pending.Outcome = gate.Report(pending.Envelope.Partition, pending.Outcome!);
    }
}
