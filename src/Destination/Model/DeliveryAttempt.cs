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

/// <summary>What one pass of the delivery handler over an event came to.</summary>
public enum AttemptOutcome
{
    /// <summary>Customer.io took it.</summary>
    [Code("delivered")]
    Delivered,

    /// <summary>Not meant to be sent; counted.</summary>
    [Code("skipped")]
    Skipped,

    /// <summary>It went to the dead letters.</summary>
    [Code("deadLettered")]
    DeadLettered,

    /// <summary>It was given back to the queue and comes again.</summary>
    [Code("released")]
    Released,
}

/// <summary>How often calls for an event failed, and since when. Outlives a release and a crash.</summary>
/// <param name="FailedCalls">Calls to Customer.io for this event that failed in earlier passes.</param>
/// <param name="FirstFailedAt">When the first of them failed; null when none did.</param>
public readonly record struct FailureHistory(int FailedCalls, DateTimeOffset? FirstFailedAt)
{
    /// <summary>Nothing failed yet.</summary>
    public static FailureHistory None => default;
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

/// <summary>One thing that was changed on the way, or that may surprise. Holds no property value.</summary>
/// <param name="Kind">What it was.</param>
/// <param name="Field">Where.</param>
/// <param name="Message">What was done, in words.</param>
public sealed record MappingWarning(WarningCode Kind, string Field, string Message)
{
    /// <summary>What is told of an e-mail that was cleaned, wherever it stood.</summary>
    internal const string CleanedEmail = "white space, a name or mailto: around the address was taken off";

    /// <summary>What is told of a text that no encoding can carry as it was given.</summary>
    internal const string ReplacedSurrogate = "a lone surrogate was replaced by U+FFFD";

    /// <summary>The code on the wire, for instance <c>name_cut</c>.</summary>
    public string Code => Kind.ToCode();

    /// <summary>The codes of an event's warnings, each once.</summary>
    public static IEnumerable<WarningCode> CodesOf(IReadOnlyList<MappingWarning> warnings) =>
        warnings.Count == 0 ? [] : warnings.Select(warning => warning.Kind).Distinct();

    /// <summary>Adds a warning to a list that is made with its first one.</summary>
    internal static void Add(ref List<MappingWarning>? warnings, WarningCode kind, string field, string message) =>
        (warnings ??= []).Add(new MappingWarning(kind, field, message));
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

/// <summary>What is done with the queue message when one delivery of it ends.</summary>
public abstract record Settlement
{
    private Settlement()
    {
    }

    /// <summary>It is finished: delivered, or skipped on purpose. The event's body is deleted.</summary>
    /// <param name="Skipped">Why it was not sent; null when Customer.io took it.</param>
    public sealed record Complete(SkipReason? Skipped) : Settlement
    {
        /// <summary>
        /// A merge that is to be sent once more: it is put on the queue in the same step as this one is taken off, so that neither a kill nor a failure in between
        /// loses it or makes it two. Null for none.
        /// </summary>
        public EventEnvelope? Repeat { get; init; }

        /// <summary>It was delivered.</summary>
        public static Complete Delivered { get; } = new((SkipReason?)null);
    }

    /// <summary>It can't be delivered as it is; a person must look. It can be replayed.</summary>
    /// <param name="Reason">Why, from a closed set.</param>
    /// <param name="Description">Names field, limit and actual size; never a property value, an identifier or a key. Cut to <see cref="MaxDescription"/>.</param>
    public sealed record DeadLetter(DeadLetterReason Reason, string Description) : Settlement
    {
        /// <summary>The most characters of a description: Service Bus takes no more.</summary>
        public const int MaxDescription = 4_096;

        /// <summary>The most bytes of <see cref="Answer"/>.</summary>
        public const int MaxAnswer = 2_000;

        /// <summary>
        /// What Customer.io wrote when it refused the event, in UTF-8, cut to <see cref="MaxAnswer"/> bytes; empty when it wrote nothing. It may quote the
        /// event, so it is kept, shown and deleted as the event's body is. Bytes, so that no log can print it.
        /// </summary>
        public ReadOnlyMemory<byte> Answer { get; init; }

        /// <summary>Names field, limit and actual size. At most <see cref="MaxDescription"/> characters; a surrogate pair is not cut apart.</summary>
        public string Description { get; } = Cut(Description);

        private static string Cut(string text) =>
            text.Length <= MaxDescription ? text : text[..(char.IsHighSurrogate(text[MaxDescription - 1]) ? MaxDescription - 1 : MaxDescription)];
    }

    /// <summary>Nothing is settled and the partition is given up; it does not count as a delivery and comes again in its old order.</summary>
    /// <param name="Reason">Why, as a bounded code.</param>
    /// <param name="History">What failed so far, which outlives the release.</param>
    public sealed record Release(string Reason, FailureHistory History) : Settlement;
}
