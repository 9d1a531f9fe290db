using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ports;

/// <summary>
/// What happened to events, without identifiers or values, kept for a bounded time. Deliveries come in by
/// <see cref="IPartitionLease.SettleAsync"/>; the rest by <see cref="RecordAsync"/>.
/// </summary>
public interface IDeliveryLog
{
    /// <summary>Records a step that is no delivery: skipped at ingest. An <see cref="IDeadLetterStore"/> records its own replays and discards.</summary>
    Task RecordAsync(IReadOnlyList<DeliveryLogEntry> entries, CancellationToken cancellationToken);

    /// <summary>Deliveries (steps that ended a pass of the delivery handler, and skips at ingest), newest first; or <see cref="DeliveryLogPage.OfNoPlace"/>.</summary>
    /// <exception cref="UnavailableException">The log can't be read now.</exception>
    Task<DeliveryLogPage> ListAsync(DeliveryLogQuery query, CancellationToken cancellationToken);

    /// <summary>Every known step of one event, oldest first; null when the event is unknown.</summary>
    /// <exception cref="UnavailableException">The log can't be read now.</exception>
    Task<EventStory?> FindStoryAsync(string eventId, CancellationToken cancellationToken);
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
public sealed record DeliveryLogPage(IReadOnlyList<DeliveryLogEntry> Items, string? Next)
{
    /// <summary>The answer to an <see cref="DeliveryLogQuery.After"/> that no page can have told as its next.</summary>
    public static DeliveryLogPage OfNoPlace { get; } = new([], null);
}
