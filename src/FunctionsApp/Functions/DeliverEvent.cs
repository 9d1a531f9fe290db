using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Functions;

/// <summary>Delivers one event of a partition: a Service Bus session, worked on by one instance at a time, oldest first.</summary>
public sealed class DeliverEvent(ServiceBusMessageHandler handler)
{
    /// <summary>Handles the message.</summary>
    [Function(nameof(DeliverEvent))]
    public Task RunAsync(
        [ServiceBusTrigger("%ServiceBusQueueName%", Connection = "ServiceBus", IsSessionsEnabled = true, AutoCompleteMessages = false)] ServiceBusReceivedMessage message,
        ServiceBusMessageActions messages,
        ServiceBusSessionMessageActions session,
        CancellationToken cancellationToken) =>
        handler.HandleAsync(message, new TriggerSettlement(message, messages, session), cancellationToken);
}
