using System.Globalization;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ports;

/// <summary>
/// The dead letters: look, replay, discard. Oldest first everywhere. Every member throws <see cref="UnavailableException"/> when the queue can't be
/// reached; a pass that was cut off so is safe to repeat.
/// </summary>
public interface IDeadLetterStore
{
    /// <summary>
    /// A page of dead letters, or <see cref="DeadLetterPage.OfNoPlace"/>. With a filter the page may be empty while <see cref="DeadLetterPage.Next"/> is set
    /// (a bounded scan a call).
    /// </summary>
    Task<DeadLetterPage> ListAsync(DeadLetterQuery query, CancellationToken cancellationToken);

    /// <summary>One dead letter with its event; null when there is none of that id.</summary>
    Task<DeadLetterDetail?> FindAsync(string id, CancellationToken cancellationToken);

    /// <summary>
    /// Sends the original events to the queue again with their ids and times, then removes the dead letters (in that order, so that nothing
    /// is lost in between). Works at most <see cref="DeadLetterPass"/>'s bounds, then answers with <see cref="DeadLetterPass.More"/>.
    /// </summary>
    /// <param name="selection">Which ones.</param>
    /// <param name="asOfNow">Whether identifies count as of now (<c>_timestamp</c> left out).</param>
    /// <param name="run">The run that the pass goes on with: only what was a dead letter when that began is taken. Null begins one.</param>
    /// <param name="cancellationToken">Stops between two dead letters.</param>
    Task<DeadLetterPass> ReplayAsync(DeadLetterSelection selection, bool asOfNow, DeadLetterRun? run, CancellationToken cancellationToken);

    /// <summary>Removes dead letters for good, within the same bounds.</summary>
    Task<DeadLetterPass> DiscardAsync(DeadLetterSelection selection, DeadLetterRun? run, CancellationToken cancellationToken);

    /// <summary>What became of what a run replayed, as far as is known.</summary>
    Task<ReplayResult> FindResultAsync(DeadLetterRun run, CancellationToken cancellationToken);
}

/// <summary>Which page of dead letters.</summary>
/// <param name="Reason">Only those of this reason; null for all.</param>
/// <param name="Limit">The most items, 1 to 1,000.</param>
/// <param name="After">The <see cref="DeadLetterPage.Next"/> of the page before; null for the first.</param>
public sealed record DeadLetterQuery(DeadLetterReason? Reason, int Limit, string? After);

/// <summary>A page of dead letters.</summary>
/// <param name="Items">Oldest first.</param>
/// <param name="Next">What to ask for next; null at the end.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, string? Next)
{
    /// <summary>The answer to an <see cref="DeadLetterQuery.After"/> that no page can have told as its next.</summary>
    public static DeadLetterPage OfNoPlace { get; } = new([], null);
}

/// <summary>An event that could not be delivered. Holds no property value.</summary>
public sealed record DeadLetter
{
    /// <summary>Its id in the store.</summary>
    public required string Id { get; init; }

    /// <summary>The event's ULID.</summary>
    public required string EventId { get; init; }

    /// <summary>The event's kind, as its code.</summary>
    public required string Kind { get; init; }

    /// <summary>Why.</summary>
    public required DeadLetterReason Reason { get; init; }

    /// <summary>Names field, limit and actual size.</summary>
    public required string Description { get; init; }

    /// <summary>When it became a dead letter, last.</summary>
    public required DateTimeOffset DeadLetteredAt { get; init; }

    /// <summary>When it first failed: its first failed call, or the first time it became a dead letter. A replay keeps it.</summary>
    public required DateTimeOffset FirstFailedAt { get; init; }

    /// <summary>The sender's time of the event; null when it gave none.</summary>
    public DateTimeOffset? EventTime { get; init; }

    /// <summary>Calls to Customer.io made for it, those before a replay included.</summary>
    public required int Attempts { get; init; }
}

/// <summary>A dead letter with its event.</summary>
/// <param name="DeadLetter">The dead letter.</param>
/// <param name="Event">The raw JSON as received; may be unreadable.</param>
/// <param name="Answer">What Customer.io wrote when it refused it; empty when it wrote nothing. It may quote the event.</param>
public sealed record DeadLetterDetail(DeadLetter DeadLetter, ReadOnlyMemory<byte> Event, ReadOnlyMemory<byte> Answer);

/// <summary>Which dead letters to replay or discard.</summary>
public abstract record DeadLetterSelection
{
    private DeadLetterSelection()
    {
    }

    /// <summary>Those with these ids.</summary>
    public sealed record Ids(IReadOnlyList<string> Values) : DeadLetterSelection;

    /// <summary>All of one reason.</summary>
    public sealed record OfReason(DeadLetterReason Reason) : DeadLetterSelection;

    /// <summary>All.</summary>
    public sealed record All : DeadLetterSelection;

    /// <summary>Those whose raw JSON is wanted.</summary>
    public sealed record Holding(Predicate<ReadOnlyMemory<byte>> IsWanted) : DeadLetterSelection;
}

/// <summary>What one bounded pass of replay or discard did.</summary>
/// <param name="Done">How many were replayed or discarded.</param>
/// <param name="Identifies">How many of those were identifies.</param>
/// <param name="NotFound">Given ids that are not there.</param>
/// <param name="More">Whether the pass ended at its bound with some left: call again.</param>
/// <param name="Run">The run it was a pass of: the next pass goes on with it.</param>
/// <param name="Scanned">How many dead letters were looked at, where that differs from the whole; null otherwise.</param>
/// <param name="Contended">Whether somebody else held some of them, so that they were passed over: call again after a moment.</param>
public sealed record DeadLetterPass(
    int Done, int Identifies, IReadOnlyList<string> NotFound, bool More, DeadLetterRun Run, int? Scanned = null, bool Contended = false)
{
    /// <summary>The most dead letters one pass works on.</summary>
    public const int MaxMessages = 5_000;

    /// <summary>The longest one pass takes.</summary>
    public static TimeSpan MaxDuration { get; } = TimeSpan.FromSeconds(60);
}

/// <summary>
/// A run of replay or discard over as many passes as it takes. What it may take is fixed when it begins, so that what is replayed and fails again is not
/// taken again.
/// </summary>
/// <param name="Place">Where in the dead letters it is: the last one it may take, or the last one it looked at, as the store has it.</param>
/// <param name="BeganAt">When it began, in whole milliseconds.</param>
public readonly record struct DeadLetterRun(long Place, DateTimeOffset BeganAt)
{
    /// <summary>What replayed events carry to say that this run put them on the queue.</summary>
    public long Id => BeganAt.ToUnixTimeMilliseconds();

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, out DeadLetterRun run)
    {
        run = default;
        if (text?.Split('-') is not [var place, var began]
            || !long.TryParse(place, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            || !long.TryParse(began, NumberStyles.None, CultureInfo.InvariantCulture, out long at)
            || at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return false;
        }

        run = new DeadLetterRun(number, DateTimeOffset.FromUnixTimeMilliseconds(at));
        return true;
    }

    /// <summary>The text callers send again, opaque to them.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Place}-{Id}");
}

/// <summary>What became of the events a run replayed. What is null is not known over this queue.</summary>
/// <param name="CameBack">Those that are dead letters again, by reason.</param>
/// <param name="Delivered">Those Customer.io took.</param>
/// <param name="Skipped">Those that turned out not to be meant to be sent.</param>
/// <param name="Waiting">Those that still wait, or are in delivery.</param>
public sealed record ReplayResult(IReadOnlyDictionary<DeadLetterReason, long> CameBack, long? Delivered = null, long? Skipped = null, long? Waiting = null);
