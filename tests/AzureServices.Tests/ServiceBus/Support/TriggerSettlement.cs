using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>Settles as the Functions host does for the trigger's actions: over the session processor's arguments.</summary>
internal sealed class TriggerSettlement(ProcessSessionMessageEventArgs args) : IMessageSettlement
{
    public DateTimeOffset SessionLockedUntil => args.SessionLockedUntil;

    public Task CompleteAsync(CancellationToken cancellationToken) => args.CompleteMessageAsync(args.Message, cancellationToken);

    public Task DeadLetterAsync(string reason, string description, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken) =>
        args.DeadLetterMessageAsync(args.Message, properties.ToDictionary(), reason, description, cancellationToken);

    public Task ReleaseSessionAsync(CancellationToken cancellationToken)
    {
        args.ReleaseSession();
        return Task.CompletedTask;
    }

    public async Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken) => await args.GetSessionStateAsync(cancellationToken);

    public Task SetSessionStateAsync(BinaryData state, CancellationToken cancellationToken) => args.SetSessionStateAsync(state, cancellationToken);
}
