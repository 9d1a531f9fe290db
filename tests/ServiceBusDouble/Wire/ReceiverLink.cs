using Amqp;
using Amqp.Framing;
using Amqp.Listener;
using Amqp.Types;
using ServiceBusDouble.Faults;
using ServiceBusDouble.Store;

namespace ServiceBusDouble.Wire;

/// <summary>A link a client receives over, of a queue or of one session of it.</summary>
/// <param name="link">The link; its name is what the store knows the holder by.</param>
/// <param name="sessionId">The session the link was granted; null on a queue without sessions.</param>
/// <param name="changed">Called when the link may take messages, or a drain waits to be answered.</param>
/// <param name="closed">Called once, when the link is gone.</param>
internal sealed class ReceiverLink(ListenerLink link, QueueStore store, FaultPlan faults, string? sessionId, Action changed, Action<ReceiverLink> closed) : LinkEndpoint
{
    private static readonly Symbol Reason = QueueStore.DeadLetterReason;
    private static readonly Symbol Description = QueueStore.DeadLetterDescription;

    /// <summary>Sends the oldest message there is for this link; false when there is none, or the client has not asked for one.</summary>
    public bool TrySend() => LinkGuard.TrySend(link, SendOldest);

    /// <summary>What is left to do when nothing more can be sent: answer a drain, and part from a client whose session's lock ran out.</summary>
    public void Finish()
    {
        if (link.IsDraining && !link.IsClosed)
        {
            link.CompleteDrain();
        }

        if (sessionId is not null && !store.Holds(link.Name, sessionId))
        {
            Detach(WireErrors.SessionLockLost());
        }
    }

    public void Detach(Error error) => link.Close(TimeSpan.Zero, error);

    public override void OnFlow(FlowContext flowContext) => changed();

    public override void OnDisposition(DispositionContext dispositionContext)
    {
        // When a link closes the library reports all its deliveries as released. Service Bus does not: single locks stay, and a session gives back as a whole.
        if (link.IsClosed || dispositionContext.Message is not LockedDelivery { LockToken: var token })
        {
            return;
        }

        if (faults.Next(BrokerOperation.Settle) is { } fault)
        {
            link.DisposeMessage(dispositionContext.Message, new Rejected { Error = WireErrors.OfFault(fault) }, settled: true);
            return;
        }

        bool settled = store.Settle(token, Read(dispositionContext.DeliveryState));
        Error lost = sessionId is null ? WireErrors.MessageLockLost() : WireErrors.SessionLockLost();
        link.DisposeMessage(dispositionContext.Message, settled ? new Accepted() : new Rejected { Error = lost }, settled: true);
    }

    public override void OnLinkClosed(ListenerLink link, Error error) => closed(this);

    private bool SendOldest()
    {
        if (store.Receive(link.Name, sessionId, delete: link.SettleOnSend) is not { } message)
        {
            return false;
        }

        try
        {
            link.SendMessage(MessageCodec.ToDelivery(message));
            return true;
        }
        catch (Exception failure) when (failure is AmqpException or ObjectDisposedException)
        {
            if (message.Lock is { } held)
            {
                store.Settle(held.Token, new Settlement.Release());
            }

            return false;
        }
    }

    private static Settlement Read(DeliveryState state) => state switch
    {
        Accepted => new Settlement.Complete(),
        Rejected { Error.Info: { } info } => new Settlement.DeadLetter(info[Reason] as string, info[Description] as string)
        {
            Properties = MessageCodec.ReadProperties(info),
        },
        Rejected => new Settlement.DeadLetter(null, null),
        Modified { UndeliverableHere: true, MessageAnnotations: var changes } => new Settlement.Defer { Properties = MessageCodec.ReadProperties(changes) },
        Modified { MessageAnnotations: var changes } => new Settlement.Abandon { Properties = MessageCodec.ReadProperties(changes) },
        _ => new Settlement.Release(),
    };
}
