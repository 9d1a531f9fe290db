using Amqp;
using Amqp.Framing;
using Amqp.Listener;

namespace ServiceBusDouble.Wire;

/// <summary>The node <c>$cbs</c>: takes every token a client puts.</summary>
internal sealed class TokenNode : IRequestProcessor
{
    public int Credit => 100;

    public void Process(RequestContext requestContext) => requestContext.Complete(new Message
    {
        ApplicationProperties = new ApplicationProperties { ["status-code"] = 200, ["status-description"] = "OK" },
    });
}
