using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Tests.Contract;

/// <summary>What the function may do with its message, done by the processor that handed it out.</summary>
internal sealed class ProcessorMessageActions(ProcessSessionMessageEventArgs args) : ServiceBusMessageActions
{
    public override Task CompleteMessageAsync(ServiceBusReceivedMessage message, CancellationToken cancellationToken = default) =>
        args.CompleteMessageAsync(message, cancellationToken);

    public override Task DeadLetterMessageAsync(
        ServiceBusReceivedMessage message,
        Dictionary<string, object>? propertiesToModify = null,
        string? deadLetterReason = null,
        string? deadLetterErrorDescription = null,
        CancellationToken cancellationToken = default) =>
        args.DeadLetterMessageAsync(message, propertiesToModify!, deadLetterReason!, deadLetterErrorDescription, cancellationToken);
}
