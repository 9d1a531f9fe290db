using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ingest;

namespace CustomerIoDestination.Queueing;

/// <summary>
/// What happened to events, without identifiers or values, kept for a bounded time. Deliveries come in by
/// <see cref="IPartitionLease.SettleAsync"/>; the rest by <see cref="RecordAsync"/>.
/// </summary>
public interface IDeliveryLog
{
    /// <summary>Records a step that is no delivery: skipped at ingest. An <see cref="IDeadLetterStore"/> records its own replays and discards.</summary>
    Task RecordAsync(IReadOnlyList<DeliveryLogEntry> entries, CancellationToken cancellationToken);

    /// <summary>Deliveries (steps that ended a pass of the delivery handler, and skips at ingest), newest first.</summary>
    /// <exception cref="StorageUnavailableException">The log can't be read now.</exception>
    Task<DeliveryLogPage> ListAsync(DeliveryLogQuery query, CancellationToken cancellationToken);

    /// <summary>Every known step of one event, oldest first; null when the event is unknown.</summary>
    /// <exception cref="StorageUnavailableException">The log can't be read now.</exception>
    Task<EventStory?> FindStoryAsync(string eventId, CancellationToken cancellationToken);
}

/// <summary>A step in an event's life.</summary>
public enum EventStep
{
    /// <summary>Ingest accepted it.</summary>
    Accepted,

    /// <summary>It waits on the queue.</summary>
    Queued,

    /// <summary>A pass of the delivery handler ended.</summary>
    Delivery,

    /// <summary>Ingest skipped it: it was never queued.</summary>
    Ingest,

    /// <summary>It was replayed from the dead letters.</summary>
    Replayed,

    /// <summary>It was discarded from the dead letters.</summary>
    Discarded,
}

/// <summary>One line of the delivery log.</summary>
public sealed record DeliveryLogEntry
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The event's ULID.</summary>
    public required string EventId { get; init; }

    /// <summary>The event's kind.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>The event's lane.</summary>
    public required Lane Lane { get; init; }

    /// <summary>Which step.</summary>
    public required EventStep Step { get; init; }

    /// <summary>What a delivery or an ingest skip came to; null for other steps.</summary>
    public AttemptOutcome? Outcome { get; init; }

    /// <summary>A code from a closed set; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Calls to Customer.io so far.</summary>
    public int Attempts { get; init; }

    /// <summary>The last HTTP status; null when none was seen.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>How long the step took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The line for one pass of the delivery handler.</summary>
    public static DeliveryLogEntry Of(DeliveryAttempt attempt) => new()
    {
        At = attempt.At,
        EventId = attempt.EventId,
        Kind = attempt.Kind,
        Lane = attempt.Lane,
        Step = EventStep.Delivery,
        Outcome = attempt.Outcome,
        Reason = attempt.Reason,
        Attempts = attempt.Attempts,
        HttpStatus = attempt.HttpStatus,
        Duration = attempt.Duration,
    };
}

/// <summary>Which page of the delivery log.</summary>
/// <param name="Limit">The most items, 1 to 1,000.</param>
/// <param name="After">The <see cref="DeliveryLogPage.Next"/> of the page before; null for the newest.</param>
/// <param name="Outcome">Only these; null for all.</param>
/// <param name="Kind">Only these; null for all.</param>
public sealed record DeliveryLogQuery(int Limit, string? After, AttemptOutcome? Outcome, EventKind? Kind);

/// <summary>A page of the delivery log.</summary>
/// <param name="Items">Newest first.</param>
/// <param name="Next">What to ask for next; null at the end.</param>
public sealed record DeliveryLogPage(IReadOnlyList<DeliveryLogEntry> Items, string? Next);
