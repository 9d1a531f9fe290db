namespace CustomerIoDestination.Model;

/// <summary>Everything known about one event.</summary>
/// <param name="EventId">The event's ULID.</param>
/// <param name="Kind">The event's kind.</param>
/// <param name="Steps">Oldest first.</param>
public sealed record EventStory(string EventId, EventKind Kind, IReadOnlyList<DeliveryLogEntry> Steps)
{
    /// <summary>
    /// Tells a story out of what was recorded, however often and in whatever order: an event that is sent again arrives again and is not queued twice, and a
    /// replay queues it anew at that moment. Null when nothing was recorded.
    /// </summary>
    /// <param name="eventId">The event's ULID.</param>
    /// <param name="recorded">Its steps; those of one moment as they followed each other.</param>
    public static EventStory? Of(string eventId, IEnumerable<DeliveryLogEntry> recorded)
    {
        DeliveryLogEntry[] steps = [.. AsTold(recorded.OrderBy(step => step.At).ThenBy(step => step.Step is EventStep.Accepted or EventStep.Queued ? step.Step : EventStep.Delivery))];
        return steps is [var first, ..] ? new EventStory(eventId, first.Kind, steps) : null;
    }

    private static IEnumerable<DeliveryLogEntry> AsTold(IEnumerable<DeliveryLogEntry> steps)
    {
        bool accepted = false;
        bool queued = false;
        foreach (DeliveryLogEntry step in steps)
        {
            bool repeat = (step.Step == EventStep.Accepted && accepted) || (step.Step == EventStep.Queued && queued);
            accepted |= step.Step == EventStep.Accepted;
            queued |= step.Step == EventStep.Queued;
            if (!repeat)
            {
                yield return step;
            }

            if (step.Step == EventStep.Replayed)
            {
                yield return new DeliveryLogEntry { At = step.At, EventId = step.EventId, Kind = step.Kind, Lane = step.Lane, Step = EventStep.Queued };
            }
        }
    }
}

/// <summary>A step in an event's life.</summary>
public enum EventStep
{
    /// <summary>Ingest accepted it.</summary>
    [Code("accepted")]
    Accepted,

    /// <summary>It waits on the queue.</summary>
    [Code("queued")]
    Queued,

    /// <summary>A pass of the delivery handler ended.</summary>
    [Code("delivery")]
    Delivery,

    /// <summary>Ingest skipped it: it was never queued.</summary>
    [Code("ingest")]
    Ingest,

    /// <summary>It was replayed from the dead letters.</summary>
    [Code("replayed")]
    Replayed,

    /// <summary>It was discarded from the dead letters.</summary>
    [Code("discarded")]
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

    /// <summary>Calls to Customer.io for the event so far.</summary>
    public int Attempts { get; init; }

    /// <summary>The last HTTP status; null when none was seen.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>How long the step took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>What was read or sent otherwise than it stands in the event: codes and names of fields, never a value. At most <see cref="MaxWarnings"/>.</summary>
    public IReadOnlyList<LoggedWarning> Warnings { get; init; } = [];

    /// <summary>The most warnings a line keeps.</summary>
    public const int MaxWarnings = 20;

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
        Warnings = attempt.Warnings.Count == 0 ? [] : [.. attempt.Warnings.Select(LoggedWarning.Of).Distinct().Take(MaxWarnings)],
    };
}

/// <summary>What a log keeps of a warning.</summary>
/// <param name="Code">Its code, for instance <c>name_cut</c>; one that only a newer version knows is kept as it is.</param>
/// <param name="Field">Where, in the harmless form of names.</param>
public readonly record struct LoggedWarning(string Code, string Field)
{
    /// <summary>What is kept of a warning.</summary>
    public static LoggedWarning Of(MappingWarning warning) => new(warning.Code, warning.Field);

    /// <summary>The warnings as one text for a store, one a line; null for none.</summary>
    public static string? Write(IReadOnlyList<LoggedWarning> warnings) =>
        warnings.Count == 0 ? null : string.Join('\n', warnings.Select(warning => $"{warning.Code} {warning.Field}"));

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static IReadOnlyList<LoggedWarning> Read(string? text) => string.IsNullOrEmpty(text) ? [] : [.. text.Split('\n').Select(ReadOne)];

    private static LoggedWarning ReadOne(string line) =>
        line.IndexOf(' ', StringComparison.Ordinal) is var end and >= 0 ? new LoggedWarning(line[..end], line[(end + 1)..]) : new LoggedWarning(line, "");
}
