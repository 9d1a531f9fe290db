using System.Diagnostics;
using System.Text;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

/// <summary>Settles a message, and then does what is due after that.</summary>
/// <param name="queue">Takes the repeat of a merge, as a scheduled message.</param>
/// <param name="log">The delivery log.</param>
/// <param name="logger">Told of steps that failed.</param>
internal sealed partial class EventSettling(IEventQueue queue, IDeliveryLog log, ILogger<EventSettling> logger)
{
    /// <summary>
    /// Carries out the attempt's settlement, records the attempt, and forgets the session's state where there is one. What is to come again is sent before the
    /// message is completed: after a kill in between the message comes again, and the queue drops a second repeat by its id. Throws when the message was not
    /// settled.
    /// </summary>
    public async Task SettleAsync(IMessageSettlement messages, ReceivedEvent received, bool hasState, DeliveryAttempt attempt)
    {
        if (attempt.Settlement is Settlement.Complete { Repeat: { } repeat }
            && await queue.EnqueueAsync([repeat], CancellationToken.None) is EnqueueResult.Unavailable refused)
        {
            throw new UnavailableException(Backend.Queue, refused.Code);
        }

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

/// <summary>
/// What each <see cref="Settlement"/> means for a message in a session. No step is cut off by a shutdown: what was sent to Customer.io is settled.
/// </summary>
internal static class SettlementSteps
{
    /// <summary>Carries out the attempt's settlement.</summary>
    /// <param name="messages">The message in hand and its session.</param>
    /// <param name="received">The event it holds.</param>
    /// <param name="attempt">What its delivery came to.</param>
    public static Task CarryOutAsync(this IMessageSettlement messages, ReceivedEvent received, DeliveryAttempt attempt) => attempt.Settlement switch
    {
        Settlement.Complete => messages.CompleteAsync(CancellationToken.None),
        Settlement.DeadLetter letter => messages.DeadLetterAsync(letter, new FailureHistory(attempt.Attempts, attempt.FirstFailedAt), attempt.At),
        Settlement.Release release => messages.ReleaseAsync(received.Envelope.MessageId, release.History),
        _ => throw new UnreachableException(),
    };

    /// <summary>Dead-letters the message and says on it what a list of dead letters shows. Its kind is on it since it was sent.</summary>
    public static Task DeadLetterAsync(this IMessageSettlement messages, Settlement.DeadLetter letter, FailureHistory history, DateTimeOffset at) => messages.DeadLetterAsync(
        letter.Reason.ToCode(),
        letter.Description,
        new Dictionary<string, object>
        {
            [PropertyNames.Attempts] = history.FailedCalls,
            [PropertyNames.FirstFailedAt] = (history.FirstFailedAt ?? at).ToUnixTimeMilliseconds(),
            [PropertyNames.DeadLetteredAt] = at.ToUnixTimeMilliseconds(),

            // Empty where nothing was written: what an earlier time left there is not to be shown for this one.
            [PropertyNames.Answer] = Encoding.UTF8.GetString(letter.Answer.Span),
        },
        CancellationToken.None);

    // The failures are written first: once the session is given up, somebody else may have the message.
    private static async Task ReleaseAsync(this IMessageSettlement messages, string messageId, FailureHistory history)
    {
        if (history != FailureHistory.None)
        {
            await messages.SetSessionStateAsync(SessionState.Of(messageId, history), CancellationToken.None);
        }

        await messages.ReleaseSessionAsync(CancellationToken.None);
    }
}
