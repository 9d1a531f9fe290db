using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

/// <summary>Settles a message, and then does what is due after that.</summary>
internal sealed partial class EventSettling(IDeliveryLog log, ILogger<EventSettling> logger)
{
    /// <summary>Carries out the attempt's settlement, records the attempt, and forgets the session's state where there is one. Throws when the message was not settled.</summary>
    public async Task SettleAsync(IMessageSettlement messages, ReceivedEvent received, bool hasState, DeliveryAttempt attempt)
    {
        await messages.CarryOutAsync(received, attempt);
        await TryAsync(token => log.RecordAsync([DeliveryLogEntry.Of(attempt)], token));

        // A state that stays names a message that is gone, so it means nothing.
        if (hasState && attempt.Settlement is not Settlement.Release)
        {
            await TryAsync(token => messages.SetSessionStateAsync(SessionState.None, token));
        }
    }

    /// <summary>A step on which nothing depends: the message is settled, or its lock ends and frees the session, or it is done again later.</summary>
    public async Task TryAsync(Func<CancellationToken, Task> step)
    {
        try
        {
            await step(CancellationToken.None);
        }
#pragma warning disable CA1031 // These steps fail with whatever their client throws: AMQP, gRPC under Functions, a table's client.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Log.StepFailed(logger, exception.GetType().Name);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "A step on which nothing depends failed ({ExceptionType}).")]
        public static partial void StepFailed(ILogger logger, string exceptionType);
    }
}
