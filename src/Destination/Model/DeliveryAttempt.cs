using System.Diagnostics;

namespace CustomerIoDestination.Model;

/// <summary>
/// One pass of the delivery handler over one event: the single record from which the log line, the metrics, the delivery log and the
/// settlement are made. Holds no identifier and no property value.
/// </summary>
public sealed record DeliveryAttempt
{
    /// <summary>When the pass ended.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The event's ULID.</summary>
    public required string EventId { get; init; }

    /// <summary>The event's kind.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>The event's lane.</summary>
    public required Lane Lane { get; init; }

    /// <summary>When the event was received by ingest.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>How often it was replayed.</summary>
    public int ReplayCount { get; init; }

    /// <summary>Whether it was the repeat of a merge (<see cref="EventEnvelope.IsRepeat"/>), which counts as no event of its own.</summary>
    public bool IsRepeat { get; init; }

    /// <summary>Calls to Customer.io for the event so far: all of this pass, and those of earlier passes that failed and of before a replay.</summary>
    public required int Attempts { get; init; }

    /// <summary>When the event first failed, by a call or by becoming a dead letter, before a replay too; null when this is the first time.</summary>
    public DateTimeOffset? FirstFailedAt { get; init; }

    /// <summary>The last HTTP status; null when none was seen.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>How long the pass took, waits included.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What was read or sent otherwise than it stands in the event.</summary>
    public IReadOnlyList<MappingWarning> Warnings { get; init; } = [];

    /// <summary>What is to be done with the queue message.</summary>
    public required Settlement Settlement { get; init; }

    /// <summary>What the pass came to.</summary>
    public AttemptOutcome Outcome => Settlement switch
    {
        Settlement.Complete { Skipped: null } => AttemptOutcome.Delivered,
        Settlement.Complete => AttemptOutcome.Skipped,
        Settlement.DeadLetter => AttemptOutcome.DeadLettered,
        Settlement.Release => AttemptOutcome.Released,
        _ => throw new UnreachableException(),
    };

    /// <summary>A code from a closed set that says why: a skip reason, a dead-letter reason, or why it waits; null when delivered.</summary>
    public string? Reason => Settlement switch
    {
        Settlement.Complete complete => complete.Skipped?.ToCode(),
        Settlement.DeadLetter dead => dead.Reason.ToCode(),
        Settlement.Release release => release.Reason,
        _ => throw new UnreachableException(),
    };
}
