using System.Globalization;

namespace CustomerIoDestination.Model;

/// <summary>
/// What lies on the queue: the raw JSON of one event as it was received, and beside it what ingest decided about it.
/// The raw JSON travels so that a replay after a mapping or rule fix uses the fix.
/// </summary>
public sealed record EventEnvelope
{
    /// <summary>The most bytes a body may have: Service Bus Standard's 256 KB message less properties and batch overhead.</summary>
    public const int MaxBodyBytes = 240_000;

    /// <summary>The event's ULID (26 characters), the same for the same event for ever; Customer.io drops repeats by it.</summary>
    public required string EventId { get; init; }

    /// <summary>What kind of event it is.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>When it was put on the queue; a replay puts it there anew.</summary>
    public required DateTimeOffset QueuedAt { get; init; }

    /// <summary>When the request that carried it was received; a replay keeps it.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The partition that keeps its order.</summary>
    public required Partition Partition { get; init; }

    /// <summary>How often it was replayed from the dead letters.</summary>
    public int ReplayCount { get; init; }

    /// <summary>The run of replay that put it on the queue last (<c>DeadLetterRun.Id</c>); null when it never was replayed.</summary>
    public long? ReplayRun { get; init; }

    /// <summary>
    /// Calls made for it and when it first failed, before it was last replayed. They are told, and decide nothing: a replayed event has its whole retry
    /// window before it.
    /// </summary>
    public FailureHistory BeforeReplay { get; init; }

    /// <summary>Whether the request, or a replay, asked for the change to count as of now: <c>_timestamp</c> is left out.</summary>
    public bool AsOfNow { get; init; }

    /// <summary>Whether the request carried the lifecycle key, so that delete and suppress events count.</summary>
    public bool LifecycleAllowed { get; init; }

    /// <summary>
    /// Whether the request that carried it showed a write key, which anybody can read out of the page it stands in: some of what a server may tell of a person
    /// is then left out, whatever the rules say.
    /// </summary>
    public bool FromBrowser { get; init; }

    /// <summary>Whether it is a merge that was delivered and is sent once more: it counts as no event of its own, and is not repeated again.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>When it may be handed out at the earliest, by the clock of whoever put it on the queue; null for at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>The W3C trace parent of the request, so that one trace spans the queue; null when there was none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The raw JSON (UTF-8) of this one event, at most <see cref="MaxBodyBytes"/> bytes.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The lane of <see cref="Partition"/>.</summary>
    public Lane Lane => Partition.Lane;

    /// <summary>
    /// What duplicate detection compares: kind, event id and replay count. An event that comes in again has the same one and is
    /// dropped for seven days; a replayed one has another and passes, and so has the one repeat of a merge. At most 128 characters, Service Bus's limit.
    /// </summary>
    public string MessageId => string.Create(CultureInfo.InvariantCulture, $"{Kind.ToCode()}-{EventId}-{ReplayCount}{(IsRepeat ? "-again" : "")}");

    /// <summary>What is put on the queue when a merge was delivered that is to be sent once more: the same event, after those that wait by then.</summary>
    /// <param name="now">The time.</param>
    /// <param name="after">How long it waits.</param>
    public EventEnvelope RepeatedAfter(DateTimeOffset now, TimeSpan after) =>
        this with { IsRepeat = true, QueuedAt = now, NotBefore = now + after, ReplayRun = null, BeforeReplay = FailureHistory.None };
}

/// <summary>An event in a consumer's hands.</summary>
/// <param name="Envelope">The event.</param>
/// <param name="SequenceNumber">Its place in the queue; unique, ascending.</param>
/// <param name="History">What earlier deliveries of it came to.</param>
public sealed record ReceivedEvent(EventEnvelope Envelope, long SequenceNumber, FailureHistory History);

/// <summary>The kinds of Freshpaint events, as the webhook's <c>type</c> and the HTTP API's reserved names tell them apart.</summary>
public enum EventKind
{
    /// <summary>Facts about a person.</summary>
    [Code("identify")]
    Identify,

    /// <summary>Something that happened.</summary>
    [Code("track")]
    Track,

    /// <summary>A page was viewed.</summary>
    [Code("page")]
    Page,

    /// <summary>A screen of a mobile app was viewed.</summary>
    [Code("screen")]
    Screen,

    /// <summary>A person belongs to a group (a Customer.io object).</summary>
    [Code("group")]
    Group,

    /// <summary>Two identifiers are one person.</summary>
    [Code("alias")]
    Alias,

    /// <summary>A type this product does not know.</summary>
    [Code("unsupported")]
    Unsupported,
}

/// <summary>
/// The unit of order inside a lane: all events of one device lie in one partition, and a partition is worked on by one
/// consumer at a time. On Service Bus it is a session.
/// </summary>
/// <param name="Lane">The lane it belongs to.</param>
/// <param name="Number">Its number, from 0 to the lane's count of partitions less one.</param>
public readonly record struct Partition(Lane Lane, int Number)
{
    /// <summary>The most partitions a lane may have: two digits name them.</summary>
    public const int MaxCount = 100;

    /// <summary>The session id, for instance <c>l-07</c> or <c>i-63</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{(Lane == Lane.Live ? 'l' : 'i')}-{Number:D2}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string? text, out Partition partition)
    {
        partition = default;
        if (text is not ['l' or 'i', '-', _, _] || !int.TryParse(text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return false;
        }

        partition = new Partition(text[0] == 'l' ? Lane.Live : Lane.Import, number);
        return true;
    }
}

/// <summary>
/// One of the two queues in the queue: live traffic, and imports (backfills) that must not starve it.
/// Order holds inside a lane; across lanes <c>_timestamp</c> and <c>timestamp</c> decide.
/// </summary>
public enum Lane
{
    /// <summary>Traffic as it happens. Served first.</summary>
    [Code("live")]
    Live,

    /// <summary>Backfills and imports. Keeps a fifth of the rate while live traffic waits.</summary>
    [Code("import")]
    Import,
}
