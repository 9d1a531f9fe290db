using Amqp.Framing;
using Amqp.Listener;
using Amqp.Transactions;

namespace ServiceBusDouble.Wire;

/// <summary>Brings each new link to the queue its address names.</summary>
internal sealed class LinkRouter(IReadOnlyDictionary<string, QueueDouble> queues) : ILinkProcessor
{
    /// <summary>The path a link's address means; empty for a transaction coordinator, which is not part of the double.</summary>
    public static string PathOf(Attach attach) =>
        EntityAddress.PathOf((attach.Role ? (attach.Source as Source)?.Address : (attach.Target as Target)?.Address) ?? "");

    public void Process(AttachContext attachContext)
    {
        EntityAddress address = EntityAddress.Of(PathOf(attachContext.Attach));
        if (attachContext.Attach.Target is Coordinator)
        {
            attachContext.Complete(WireErrors.NotImplemented("Transactions are not part of the double."));
        }
        else if (!queues.TryGetValue(address.Queue, out QueueDouble? queue))
        {
            attachContext.Complete(WireErrors.EntityNotFound(address.ToString()));
        }
        else
        {
            queue.Attach(attachContext, address);
        }
    }
}
