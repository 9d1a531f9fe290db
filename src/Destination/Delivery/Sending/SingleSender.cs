using System.Diagnostics;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery.Sending;

/// <summary>Sends one event by its requests: in turn, stopped at the first that is not taken; a repeat sends all of them again.</summary>
internal sealed class SingleSender(TrackApiClient client, DeliveryGate gate) : IEventSender
{
    /// <inheritdoc/>
    public async Task SendAsync(Shipment shipment, CancellationToken cancellationToken)
    {
        PendingEvent pending = shipment.Events[0];
        Activity.Current = pending.Span ?? Activity.Current;
        DeliveryOutcome? outcome = null;
        foreach (TrackApiRequest request in pending.Requests)
        {
            outcome = await client.SendAsync(request, pending.Envelope.Lane, cancellationToken);
            pending.Called(outcome.Calls, outcome.HttpStatus);
            if (outcome is not DeliveryOutcome.Delivered)
            {
                break;
            }
        }

        pending.Outcome = gate.Judge(pending.Envelope.Partition, outcome ?? throw new UnreachableException());
    }
}
