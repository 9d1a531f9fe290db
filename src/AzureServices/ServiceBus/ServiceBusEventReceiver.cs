using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Receiving;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>
/// The queue on Service Bus as delivery workers outside Functions see it. Hands out one event at a time, so that one of a partition is in
/// flight. A lease accepts a session, and disposing it closes the session, which gives an unsettled event back without counting a delivery.
/// </summary>
public sealed class ServiceBusEventReceiver : IEventReceiver
{
    private readonly SessionExchange _exchange;
    private readonly EventSettling _settling;
    private readonly EventsInHand _inHand;

    internal ServiceBusEventReceiver(SessionExchange exchange, EventSettling settling, EventsInHand inHand)
    {
        _exchange = exchange;
        _settling = settling;
        _inHand = inHand;
    }

    /// <inheritdoc/>
    public async Task<IPartitionLease> ReceiveAsync(Lane lane, int maxEvents, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        return new ServiceBusPartitionLease(await _exchange.TakeAsync(lane, cancellationToken), _settling, _inHand);
    }
}
