using Amqp.Handler;

namespace ServiceBusDouble.Wire;

/// <summary>Two things the AMQP library leaves to a handler: the tag of a delivery, and a link that is closed before its attach was answered.</summary>
internal sealed class ConnectionEvents : IHandler
{
    public bool CanHandle(EventId id) => id is EventId.SendDelivery or EventId.LinkRemoteClose;

    public void Handle(Event protocolEvent)
    {
        switch (protocolEvent.Id)
        {
            case EventId.SendDelivery when protocolEvent.Context is IDelivery { Message: LockedDelivery message } delivery:
                delivery.Tag = message.LockToken.ToByteArray();
                break;
            case EventId.LinkRemoteClose:
                // The library takes a detach in answer to an attach it has not finished for a protocol error and closes the connection.
                SessionRequest.Withdraw(protocolEvent.Link);
                break;
            default:
                break;
        }
    }
}
