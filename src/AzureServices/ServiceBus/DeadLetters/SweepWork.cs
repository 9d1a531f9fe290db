using Azure.Messaging.ServiceBus;

namespace CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;

/// <summary>What a sweep does with the dead letters it comes by.</summary>
/// <param name="IsWanted">Which ones.</param>
/// <param name="PrepareAsync">Called with the wanted ones of a page, in order, before they are removed; answers with those that may be, or null to end the sweep.</param>
/// <param name="RemovedAsync">Told of those that were removed.</param>
internal sealed record SweepWork(
    Func<ServiceBusReceivedMessage, bool> IsWanted,
    Func<IReadOnlyList<ServiceBusReceivedMessage>, Task<IReadOnlyList<ServiceBusReceivedMessage>?>> PrepareAsync,
    Func<IReadOnlyList<ServiceBusReceivedMessage>, Task> RemovedAsync);
