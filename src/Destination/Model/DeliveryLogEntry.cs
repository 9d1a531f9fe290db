namespace CustomerIoDestination.Model;

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

    /// <summary>Calls to Customer.io for the event so far.</summary>
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
