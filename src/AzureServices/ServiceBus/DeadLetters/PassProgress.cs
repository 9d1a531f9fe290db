using Azure.Messaging.ServiceBus;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;

/// <summary>What a pass over the dead letters did so far, and its bounds. Made when the pass begins: its time runs from then.</summary>
/// <param name="time">The clock.</param>
/// <param name="begun">When the run began that it is a pass of: what was a dead letter then is included, up to the first that was not.</param>
/// <param name="before">For a purge: only what became a dead letter before is included, and it looks on beyond others. Null for a run.</param>
internal sealed class PassProgress(TimeProvider time, DateTimeOffset begun, DateTimeOffset? before)
{
    private readonly long _started = time.GetTimestamp();
    private long _oldUpTo = -1;

    /// <summary>How many were asked for by id and are there; null for as many as there are.</summary>
    public int? Wanted { get; set; }

    /// <summary>Dead letters looked at.</summary>
    public int Scanned { get; set; }

    /// <summary>Dead letters replayed or discarded.</summary>
    public int Done { get; set; }

    /// <summary>Identifies among them.</summary>
    public int Identifies { get; set; }

    /// <summary>Whether somebody else held some, so that they were passed over.</summary>
    public bool IsContended { get; set; }

    /// <summary>The sequence number of the last one looked at.</summary>
    public long LastSequence { get; set; }

    /// <summary>How many more may be looked at.</summary>
    public int Left => DeadLetterPass.MaxMessages - Scanned;

    /// <summary>Whether all that were asked for by id are done.</summary>
    public bool IsComplete => Done >= Wanted;

    /// <summary>Whether the bounds allow more.</summary>
    public bool MayGoOn(CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && Left > 0 && time.GetElapsedTime(_started) < DeadLetterPass.MaxDuration;

    /// <summary>Whether there is time to look for more of those that were asked for by id: half of it is for doing what was asked.</summary>
    public bool MayLookOn => time.GetElapsedTime(_started) < DeadLetterPass.MaxDuration / 2;

    /// <summary>
    /// How many of the next ones, in their order, can be had and are to be dealt with. Replayed events that fail again at once must not keep the pass
    /// going, so it ends at the first of them. A purge looks on: the sub-queue is in the order they became dead letters, so that whatever lies before an
    /// old one is older, even where the broker does not say since when.
    /// </summary>
    public async Task<int> CountAsync(IAsyncEnumerable<ServiceBusReceivedMessage> next)
    {
        int there = 0;
        int included = 0;
        await foreach (ServiceBusReceivedMessage message in next)
        {
            // A deferred one is received by its number only, by whoever deferred it.
            there += message.State == ServiceBusMessageState.Active ? 1 : 0;
            if (Includes(message))
            {
                included = there;
                _oldUpTo = message.SequenceNumber;
            }
            else if (before is null)
            {
                break;
            }
        }

        return included;
    }

    /// <summary>Whether it is old enough. What the run replayed and came back never is, whatever the clock of whoever dead-lettered it.</summary>
    public bool Includes(ServiceBusReceivedMessage message) => message.SequenceNumber <= _oldUpTo || (before is { } end
        ? DeadLetterMessage.DeadLetteredBy(message) <= end
        : DeadLetterMessage.DeadLetteredAt(message) <= begun && !DeadLetterMessage.IsOf(message, new DeadLetterRun(0, begun)));

    /// <summary>What the pass came to. Where it did nothing within its bounds, and nobody was in its way, repeating it would do nothing either.</summary>
    public DeadLetterPass End(SweepEnd end, IReadOnlyList<string> notFound)
    {
        bool isContended = IsContended && !IsComplete;
        bool isMore = isContended || end == SweepEnd.QueueUnavailable || (end == SweepEnd.AtItsBound && Done > 0);
        return new DeadLetterPass(Done, Identifies, notFound, isMore, new DeadLetterRun(LastSequence, begun), Scanned, isContended);
    }
}
