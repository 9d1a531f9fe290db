using Azure.Messaging.ServiceBus;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Tests.Contract;

/// <summary>What the function may do with its session, done by the processor that holds it.</summary>
internal sealed class ProcessorSessionActions(ProcessSessionMessageEventArgs args) : ServiceBusSessionMessageActions
{
    public override DateTimeOffset SessionLockedUntil => args.SessionLockedUntil;

    public override Task RenewSessionLockAsync(CancellationToken cancellationToken = default) => args.RenewSessionLockAsync(cancellationToken);

    public override Task<BinaryData> GetSessionStateAsync(CancellationToken cancellationToken = default) => args.GetSessionStateAsync(cancellationToken);

    public override Task SetSessionStateAsync(BinaryData sessionState, CancellationToken cancellationToken = default) =>
        args.SetSessionStateAsync(sessionState, cancellationToken);

    public override Task ReleaseSession(CancellationToken cancellationToken = default)
    {
        args.ReleaseSession();
        return Task.CompletedTask;
    }
}
