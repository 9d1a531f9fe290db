using Amqp.Framing;
using Amqp.Listener;
using ServiceBusDouble.Faults;
using ServiceBusDouble.Store;

namespace ServiceBusDouble.Wire;

/// <summary>A link a client sends over.</summary>
internal sealed class SenderLink(QueueDefinition definition, QueueStore store, FaultPlan faults, LoopbackTransports transports) : LinkEndpoint
{
    /// <summary>Transfers a client may have on the way before it waits for answers.</summary>
    public const int Credit = 1_000;

    public override void OnMessage(MessageContext messageContext)
    {
        SendFault? fault = faults.Next();
        switch (fault)
        {
            case SendFault.ServerBusy:
                messageContext.Complete(WireErrors.ServerBusy());
                break;
            case SendFault.QuotaExceeded:
                messageContext.Complete(WireErrors.QuotaExceeded());
                break;
            case SendFault.LinkDetached:
                messageContext.Link.Close(TimeSpan.Zero, WireErrors.DetachForced());
                break;
            case SendFault.ConnectionCut:
                transports.Cut(messageContext.Link.Session.Connection);
                break;
            case SendFault.AnswerLost:
                Take(messageContext);
                transports.Cut(messageContext.Link.Session.Connection);
                break;
            case SendFault.Slow(var delay):
                _ = AnswerLaterAsync(messageContext, Take(messageContext), delay);
                break;
            default:
                Answer(messageContext, Take(messageContext));
                break;
        }
    }

    public override void OnFlow(FlowContext flowContext)
    {
    }

    public override void OnDisposition(DispositionContext dispositionContext)
    {
    }

    private Error? Take(MessageContext context)
    {
        (IReadOnlyList<NewMessage> messages, long size) = MessageCodec.ReadTransfer(context.Message);
        if (size > definition.MaxMessageSize)
        {
            return WireErrors.MessageSizeExceeded(size, definition.MaxMessageSize);
        }

        return store.Send(messages) is SendOutcome.SessionIdMissing
            ? WireErrors.NotAllowed("The SessionId was not set on a message, and it cannot be sent to the entity.")
            : null;
    }

    private static async Task AnswerLaterAsync(MessageContext context, Error? refusal, TimeSpan delay)
    {
        await Task.Delay(delay);
        if (!context.Link.IsClosed)
        {
            Answer(context, refusal);
        }
    }

    private static void Answer(MessageContext context, Error? refusal)
    {
        if (refusal is null)
        {
            context.Complete();
        }
        else
        {
            context.Complete(refusal);
        }
    }
}
