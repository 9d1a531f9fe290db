using Azure.Messaging.ServiceBus;

namespace ServiceBusDouble.Tests.Support;

internal static class Receiving
{
    /// <summary>
    /// Receives and completes so many messages and tells their bodies. Completing before the next receive is more than
    /// good manners: in <c>Microsoft.Azure.Amqp</c> 2.7.3 a receive that directly follows another may be answered before it
    /// is fully registered, stays in the list of those that wait, and blocks all after it until the link is closed
    /// (<c>ReceivingAmqpLink.WaiterManager.AddWaiter</c>). It takes a broker as near as this one and a busy machine.
    /// </summary>
    public static async Task<IReadOnlyList<string>> CompleteAsync(ServiceBusReceiver receiver, int count, int atOnce = 1)
    {
        List<string> bodies = [];
        while (bodies.Count < count)
        {
            foreach (ServiceBusReceivedMessage message in await receiver.ReceiveMessagesAsync(atOnce, ConnectedBroker.Patience))
            {
                bodies.Add(message.Body.ToString());
                await receiver.CompleteMessageAsync(message);
            }
        }

        return bodies;
    }
}
