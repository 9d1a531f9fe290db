using System.Diagnostics;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.Handling;

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
        Settlement.DeadLetter letter => messages.DeadLetterAsync(letter, attempt.Attempts, attempt.At),
        Settlement.Release release => messages.ReleaseAsync(received.Envelope.MessageId, release.History),
        _ => throw new UnreachableException(),
    };

    /// <summary>Dead-letters the message and says on it what a list of dead letters shows. Its kind is on it since it was sent.</summary>
    public static Task DeadLetterAsync(this IMessageSettlement messages, Settlement.DeadLetter letter, int attempts, DateTimeOffset at) => messages.DeadLetterAsync(
        letter.Reason.ToCode(),
        letter.Description,
        new Dictionary<string, object>
        {
            [PropertyNames.Attempts] = attempts,
            [PropertyNames.DeadLetteredAt] = at.ToUnixTimeMilliseconds(),
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
