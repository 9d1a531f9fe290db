using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp;

/// <summary>The trigger's actions, through which the Functions host settles, as the handler wants them.</summary>
internal sealed class TriggerSettlement(
    ServiceBusReceivedMessage message, ServiceBusMessageActions messages, ServiceBusSessionMessageActions session) : IMessageSettlement
{
    /// <inheritdoc/>
    public DateTimeOffset SessionLockedUntil => session.SessionLockedUntil;

    /// <inheritdoc/>
    public Task RenewSessionLockAsync(CancellationToken cancellationToken) => session.RenewSessionLockAsync(cancellationToken);

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken cancellationToken) => messages.CompleteMessageAsync(message, cancellationToken);

    /// <inheritdoc/>
    public Task DeadLetterAsync(string reason, string description, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken) =>
        messages.DeadLetterMessageAsync(message, properties.ToDictionary(), reason, description, cancellationToken);

    /// <inheritdoc/>
    public Task ReleaseSessionAsync(CancellationToken cancellationToken) => session.ReleaseSession(cancellationToken);

    /// <inheritdoc/>
    public async Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken) => await session.GetSessionStateAsync(cancellationToken);

    /// <inheritdoc/>
    public Task SetSessionStateAsync(BinaryData state, CancellationToken cancellationToken) => session.SetSessionStateAsync(state, cancellationToken);
}
