using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;

namespace CustomerIoDestination.AzureServices.ServiceBus;

/// <summary>A message the session processor has handed out.</summary>
internal sealed class ProcessorSettlement(ProcessSessionMessageEventArgs args) : IMessageSettlement
{
    public DateTimeOffset SessionLockedUntil => args.SessionLockedUntil;

    public Task RenewSessionLockAsync(CancellationToken cancellationToken) => args.RenewSessionLockAsync(cancellationToken);

    public Task CompleteAsync(CancellationToken cancellationToken) => args.CompleteMessageAsync(args.Message, cancellationToken);

    public Task DeadLetterAsync(string reason, string description, IReadOnlyDictionary<string, object> properties, CancellationToken cancellationToken) =>
        args.DeadLetterMessageAsync(args.Message, new Dictionary<string, object>(properties, StringComparer.Ordinal), reason, description, cancellationToken);

    public Task ReleaseSessionAsync(CancellationToken cancellationToken)
    {
        args.ReleaseSession();
        return Task.CompletedTask;
    }

    public async Task<BinaryData?> GetSessionStateAsync(CancellationToken cancellationToken) => await args.GetSessionStateAsync(cancellationToken);

    public Task SetSessionStateAsync(BinaryData state, CancellationToken cancellationToken) =>
        args.SetSessionStateAsync(state.ToMemory().IsEmpty ? null! : state, cancellationToken);
}
