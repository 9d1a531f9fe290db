using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace ServiceBusDouble.Wire;

/// <summary>Answers an attach from another thread than the connection's own: the client may have gone meanwhile, which is no error.</summary>
internal static class AttachAnswer
{
    /// <summary>Opens the link; false when the client is gone.</summary>
    public static bool TryOpen(AttachContext attach, LinkEndpoint endpoint)
    {
        try
        {
            attach.Complete(endpoint, initialCredit: 0);
            return !attach.Link.IsClosed;
        }
        catch (Exception gone) when (gone is AmqpException or ObjectDisposedException)
        {
            return false;
        }
    }

    public static void Refuse(AttachContext attach, Error error)
    {
        try
        {
            attach.Complete(error);
        }
        catch (Exception gone) when (gone is AmqpException or ObjectDisposedException)
        {
            // Nobody is left to be told.
        }
    }
}
