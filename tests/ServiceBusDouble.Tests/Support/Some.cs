using Azure.Messaging.ServiceBus;

namespace ServiceBusDouble.Tests.Support;

internal static class Some
{
    public static ServiceBusMessage Message(string body = "body", string? session = null, string? id = null)
    {
        ServiceBusMessage message = new(body) { SessionId = session };
        if (id is not null)
        {
            message.MessageId = id;
        }

        return message;
    }
}
