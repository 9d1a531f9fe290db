using Azure.Messaging.ServiceBus;
using CustomerIoDestination.Queueing;

namespace CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;

/// <summary>What a pass over the dead letters did so far, and its bounds. Made when the pass begins: its time runs from then.</summary>
/// <param name="time">The clock.</param>
/// <param name="wanted">How many were asked for by id; null for as many as there are.</param>
/// <param name="before">The pass ends at the first that became a dead letter later; null for its own beginning.</param>
internal sealed class PassProgress(TimeProvider time, int? wanted, DateTimeOffset? before)
{
    private readonly long _started = time.GetTimestamp();
    private readonly DateTimeOffset _before = before ?? time.GetUtcNow();

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
    public bool IsComplete => Done >= wanted;

    /// <summary>Whether the bounds allow more.</summary>
    public bool MayGoOn(CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && Left > 0 && time.GetElapsedTime(_started) < DeadLetterPass.MaxDuration;

    /// <summary>Whether it is old enough: replayed events that fail again at once must not keep the pass going.</summary>
    public bool Includes(ServiceBusReceivedMessage message) => DeadLetterMessage.DeadLetteredAt(message) <= _before;

    /// <summary>What the pass came to. Where it did nothing within its bounds, and nobody was in its way, repeating it would do nothing either.</summary>
    public DeadLetterPass End(SweepEnd end, IReadOnlyList<string> notFound)
    {
        bool isContended = IsContended && !IsComplete;
        bool isMore = isContended || end == SweepEnd.QueueUnavailable || (end == SweepEnd.AtItsBound && Done > 0);
        return new DeadLetterPass(Done, Identifies, notFound, isMore, Scanned, isContended);
    }
}
