using Azure.Messaging.ServiceBus;

namespace ServiceBusDouble.Tests.Support;

/// <summary>
/// How the client reports that a session is lost. It disposes the receiver by itself once the broker has detached the link:
/// by how far it has got, an operation meets a lost lock, a closed link (GeneralError) or a disposed receiver.
/// </summary>
internal static class LostSession
{
    public static async Task ShouldBeReportedByAsync(Func<Task> operation)
    {
        Exception? failure = await Record.ExceptionAsync(operation);

        (failure is ObjectDisposedException
            or ServiceBusException { Reason: ServiceBusFailureReason.SessionLockLost or ServiceBusFailureReason.GeneralError }).ShouldBeTrue($"was {failure}");
    }
}
