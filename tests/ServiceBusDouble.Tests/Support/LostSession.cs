using Azure.Messaging.ServiceBus;

namespace ServiceBusDouble.Tests.Support;

/// <summary>
/// How the client reports that a session is lost. It disposes the receiver by itself once the broker has detached the link,
/// so that an operation meets the one or the other failure, by chance.
/// </summary>
internal static class LostSession
{
    public static async Task ShouldBeReportedByAsync(Func<Task> operation)
    {
        Exception? failure = await Record.ExceptionAsync(operation);

        (failure is ObjectDisposedException or ServiceBusException { Reason: ServiceBusFailureReason.SessionLockLost }).ShouldBeTrue($"was {failure}");
    }
}
