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

    /// <summary>Whether the request, or a replay, asked for the change to count as of now: <c>_timestamp</c> is left out.</summary>
    public bool AsOfNow { get; init; }

    /// <summary>Whether the request carried the lifecycle key, so that delete and suppress events count.</summary>
    public bool LifecycleAllowed { get; init; }

    /// <summary>
    /// Whether the request that carried it showed a write key, which anybody can read out of the page it stands in: some of what a server may tell of a person
    /// is then left out, whatever the rules say.
    /// </summary>
    public bool FromBrowser { get; init; }

    /// <summary>The W3C trace parent of the request, so that one trace spans the queue; null when there was none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The raw JSON (UTF-8) of this one event, at most <see cref="MaxBodyBytes"/> bytes.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The lane of <see cref="Partition"/>.</summary>
    public Lane Lane => Partition.Lane;

    /// <summary>
    /// What duplicate detection compares: kind, event id and replay count. A repeated event has the same one and is
    /// dropped for seven days; a replayed one has another and passes. At most 128 characters, Service Bus's limit.
    /// </summary>
    public string MessageId => string.Create(CultureInfo.InvariantCulture, $"{Kind.ToCode()}-{EventId}-{ReplayCount}");
}
