using Azure.Messaging.ServiceBus;

namespace CustomerIoDestination.AzureServices.ServiceBus.Receiving;

/// <summary>The first message of a session this process has accepted.</summary>
internal sealed class SessionMessage(ServiceBusSessionReceiver session, ServiceBusReceivedMessage message) : IMessageSettlement
{
    public DateTimeOffset SessionLockedUntil => session.SessionLockedUntil;

    public Task CompleteAsync(CancellationToken cancellationToken) => session.CompleteMessageAsync(message, cancellationToken);

    public Task DeadLetterAsync(string reason, string description, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken) =>
        session.DeadLetterMessageAsync(message, new Dictionary<string, object>(properties, StringComparer.Ordinal), reason, description, cancellationToken);

    // What is not settled when the link closes is given back without counting.
    public Task ReleaseSessionAsync(CancellationToken cancellationToken) => session.CloseAsync(cancellationToken);

    public async Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken) => await session.GetSessionStateAsync(cancellationToken);

    public Task SetSessionStateAsync(BinaryData state, CancellationToken cancellationToken) =>
        session.SetSessionStateAsync(state.ToMemory().IsEmpty ? null : state, cancellationToken);
}
