using CustomerIoDestination.Delivery;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Tests.Support;

/// <summary>Deliveries of a process nobody kills: there is nothing to write down.</summary>
internal static class HandlerCalls
{
    public static Task<DeliveryAttempt> DeliverAsync(this DeliveryHandler handler, ReceivedEvent received, CancellationToken cancellationToken) =>
        handler.DeliverAsync(received, keep: null, cancellationToken);

    public static Task DeliverRunAsync(
        this DeliveryHandler handler, IReadOnlyList<ReceivedEvent> run, Action<ReceivedEvent, DeliveryAttempt> ended, CancellationToken cancellationToken) =>
        handler.DeliverRunAsync(run, ended, keep: null, cancellationToken);
}
