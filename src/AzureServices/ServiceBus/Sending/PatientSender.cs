using Azure.Identity;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.Sending;

/// <summary>
/// Sends messages in their order, in as few batches as they fit. One batch may hold messages of many sessions: the queue is not partitioned.
/// A busy or unreachable broker is tried again until the budget ends.
/// </summary>
internal sealed class PatientSender(ServiceBusSender sender, TimeProvider time)
{
    /// <summary>How long a request waits for the broker before it is refused: nobody knows what Freshpaint does with a 503.</summary>
    public static readonly TimeSpan Budget = TimeSpan.FromSeconds(25);

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>Sends all. Null when the broker has them all but the ones that are too large; else why it stopped, with earlier ones taken perhaps.</summary>
    /// <param name="messages">The messages; null for one that is known to be too large.</param>
    /// <param name="tooLarge">Takes the indexes of messages no queue message can hold.</param>
    /// <param name="cancellationToken">The sender went away.</param>
    public async Task<SendFailure?> SendAsync(IReadOnlyList<ServiceBusMessage?> messages, List<int> tooLarge, CancellationToken cancellationToken)
    {
        using CancellationTokenSource budget = new(Budget, time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(budget.Token, cancellationToken);
        SendFailure? failure = null;
        for (int next = 0; next < messages.Count && failure is null;)
        {
            ServiceBusMessageBatch? created = null;
            failure = await TryAsync(async token => created = await sender.CreateMessageBatchAsync(token), either.Token, cancellationToken);
            if (failure is null)
            {
                using ServiceBusMessageBatch batch = created!;
                List<int> filled = Fill(batch, messages, ref next, tooLarge);
                failure = await SendAsync(batch, filled, messages, tooLarge, either.Token, cancellationToken);
            }
        }

        return failure;
    }

    private static List<int> Fill(ServiceBusMessageBatch batch, IReadOnlyList<ServiceBusMessage?> messages, ref int next, List<int> tooLarge)
    {
        List<int> filled = [];
        for (; next < messages.Count; next++)
        {
            if (messages[next] is { } message && batch.TryAddMessage(message))
            {
                filled.Add(next);
            }
            else if (messages[next] is null || filled.Count == 0)
            {
                tooLarge.Add(next);
            }
            else
            {
                break;
            }
        }

        return filled;
    }

    private async Task<SendFailure?> SendAsync(
        ServiceBusMessageBatch batch,
        List<int> filled,
        IReadOnlyList<ServiceBusMessage?> messages,
        List<int> tooLarge,
        CancellationToken either,
        CancellationToken caller)
    {
        if (filled.Count == 0)
        {
            return null;
        }

        bool fits = true;
        SendFailure? failure = await TryAsync(async token => fits = await SendsAsync(() => sender.SendMessagesAsync(batch, token)), either, caller);
        if (fits || failure is not null)
        {
            return failure;
        }

        // The broker takes less than it told the client: each goes alone, to find the one that is too large.
        foreach (int index in filled)
        {
            failure = await TryAsync(async token => fits = await SendsAsync(() => sender.SendMessageAsync(messages[index]!, token)), either, caller);
            if (failure is not null)
            {
                return failure;
            }

            if (!fits)
            {
                tooLarge.Add(index);
            }
        }

        return null;
    }

    private static async Task<bool> SendsAsync(Func<Task> send)
    {
        try
        {
            await send();
            return true;
        }
        catch (ServiceBusException tooLarge) when (tooLarge.Reason == ServiceBusFailureReason.MessageSizeExceeded)
        {
            return false;
        }
    }

    /// <summary>Repeats a step until it works, can't work, or the budget ends. A step that was cut off may have worked: ids repeat, so sending again is safe.</summary>
    private async Task<SendFailure?> TryAsync(Func<CancellationToken, Task> step, CancellationToken either, CancellationToken caller)
    {
        SendFailure? earlier = null;
        for (TimeSpan pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await step(either);
                return null;
            }
            catch (Exception exception) when (SendFailure.Of(exception) is { } failure)
            {
                caller.ThrowIfCancellationRequested();
                if (!failure.IsTransient)
                {
                    return failure;
                }

                // The end of the budget shows as a cancellation, which says less than what came before it.
                earlier = exception is OperationCanceledException ? earlier ?? failure : failure;
            }

            await Task.Delay(pause, time, either).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            caller.ThrowIfCancellationRequested();
            if (either.IsCancellationRequested)
            {
                return earlier;
            }
        }
    }
}

/// <summary>Why messages were not taken.</summary>
/// <param name="Code">The code of <see cref="EnqueueResult.Unavailable"/>.</param>
/// <param name="IsTransient">Whether trying again within seconds may help.</param>
/// <param name="RetryAfter">When a sender should try again.</param>
internal sealed record SendFailure(string Code, bool IsTransient, TimeSpan RetryAfter)
{
    /// <summary>The namespace is throttled.</summary>
    public static SendFailure Busy { get; } = new("queue_busy", true, TimeSpan.FromSeconds(10));

    /// <summary>No answer, or no connection.</summary>
    public static SendFailure Unreachable { get; } = new("queue_unreachable", true, TimeSpan.FromSeconds(10));

    /// <summary>The queue has reached its size; only deliveries, or somebody who clears it, make room.</summary>
    public static SendFailure Full { get; } = new("queue_full", false, TimeSpan.FromMinutes(1));

    /// <summary>The queue is not there, is disabled, or does not let us: a person must act.</summary>
    public static SendFailure Refused { get; } = new("queue_refused", false, TimeSpan.FromMinutes(1));

    /// <summary>What an exception of a send means; null for one that tells of a bug and not of the queue. A message that is too large is no failure of the queue.</summary>
    public static SendFailure? Of(Exception exception) => exception switch
    {
        ServiceBusException { Reason: ServiceBusFailureReason.MessageSizeExceeded } => null,
        ServiceBusException { Reason: ServiceBusFailureReason.ServiceBusy } => Busy,
        ServiceBusException { Reason: ServiceBusFailureReason.QuotaExceeded } => Full,
        ServiceBusException { Reason: ServiceBusFailureReason.ServiceTimeout or ServiceBusFailureReason.ServiceCommunicationProblem } => Unreachable,
        ServiceBusException { IsTransient: true } => Unreachable,
        ServiceBusException => Refused,
        OperationCanceledException => Unreachable,
        UnauthorizedAccessException or AuthenticationFailedException => Refused,

        // What the client makes of amqp:not-allowed, for instance when the queue was created without sessions.
        InvalidOperationException and not ObjectDisposedException => Refused,
        _ => null,
    };
}
