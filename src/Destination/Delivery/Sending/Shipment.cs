using System.Diagnostics;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Model;
using CustomerIoDestination.People;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery.Sending;

/// <summary>
/// Consecutive events of one partition that are sent together, in their order: one alone by its requests, or one or more in a batch. Shipments of
/// several partitions share a batch, but not one that failed before: it goes alone, so that an event that can't be taken does not hold the others.
/// </summary>
/// <param name="Events">The events, oldest first, at least one. Those with an item fit one batch; one without is alone.</param>
/// <param name="TravelsAlone">Whether it must not share a batch.</param>
/// <param name="Failures">How often it failed in a row.</param>
/// <param name="IsTrial">Whether it was let through a closed gate.</param>
internal sealed record Shipment(IReadOnlyList<PendingEvent> Events, bool TravelsAlone, int Failures, bool IsTrial)
{
    /// <summary>Their lane.</summary>
    public Lane Lane => Events[0].Envelope.Lane;

    /// <summary>Whether it goes in a batch.</summary>
    public bool IsForBatch => Events[0].Item is not null;

    /// <summary>Bytes of its items in a batch, commas included.</summary>
    public int Bytes { get; } = Events.Sum(static pending => pending.Item?.Length + 1 ?? 0);
}

/// <summary>Sends events, has the gate judge what came of it, and gives each event its outcome.</summary>
internal interface IEventSender
{
    /// <summary>Sends a shipment. When the task ends every event of it has its outcome.</summary>
    /// <param name="shipment">What to send.</param>
    /// <param name="cancellationToken">Ends waits before it is sent; a request on the wire is finished all the same.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before it was sent.</exception>
    /// <exception cref="WithdrawnException">Its person was forgotten meanwhile; it was not sent.</exception>
    Task SendAsync(Shipment shipment, CancellationToken cancellationToken);
}

/// <summary>Sends one event by its requests: in turn, stopped at the first that is not taken; a repeat sends all of them again.</summary>
internal sealed class SingleSender(TrackApiClient client, PersonMemory people, DeliveryGate gate) : IEventSender
{
    /// <inheritdoc/>
    public async Task SendAsync(Shipment shipment, CancellationToken cancellationToken)
    {
        PendingEvent pending = shipment.Events[0];
        Activity.Current = pending.Span ?? Activity.Current;
        DeliveryOutcome? outcome = null;
        foreach (TrackApiRequest request in pending.Requests)
        {
            outcome = await client.SendAsync(
                request, pending.Envelope.Lane, () => people.MayStillGoAsync(pending.Envelope, pending.Question, cancellationToken), cancellationToken);
            pending.Called(outcome.Calls, outcome.HttpStatus);
            if (outcome is not DeliveryOutcome.Delivered)
            {
                break;
            }
        }

        pending.Outcome = gate.Judge(pending.Envelope.Partition, outcome ?? throw new UnreachableException());
    }
}
