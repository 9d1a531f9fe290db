using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The delivery log.</summary>
internal sealed class DeliveryLogTable(SqliteConnection connection) : IDisposable
{
    /// <summary>The most lines kept.</summary>
    public const int MaxLines = 200_000;

    /// <summary>The most lines one page looks at.</summary>
    public const int MaxScan = 5_000;

    /// <summary>How long a line is kept.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    private const string LineColumns =
        "id, at, event_id, kind, lane, step, outcome, reason, attempts, http_status, duration_ms, received_at, queued_at, warnings";

    private const string Age = "coalesce(counted_from, at)";

    private readonly RowInsert _insert = new(connection, """
        insert or fail into delivery_log (at, event_id, kind, lane, step, outcome, reason, attempts, http_status, duration_ms, received_at, queued_at, counted_from, warnings)
        """, columns: 14);

    private readonly Statement _trim = new(connection, $"delete from delivery_log where id < ?1 and (id <= ?2 or {Age} < ?3)");

    private readonly Statement _correct = new(connection, $"update delivery_log set counted_from = ?2 where id < ?1 and {Age} > ?3");

    private readonly Statement _before = new(connection, $"select {LineColumns} from delivery_log where id < ?1 order by id desc limit ?2");

    // The outcomes that are not delivered are few among many, so they have an index; the literal tells SQLite that it may use it.
    private readonly Statement _beforeOfOutcome = new(connection,
        $"select {LineColumns} from delivery_log where outcome = ?3 and outcome <> 'delivered' and id < ?1 order by id desc limit ?2");

    // Walks the lines: they are capped, a story is a person's question, and an index by event would change a page for each delivery, and another for each line
    // that goes.
    private readonly Statement _byEvent = new(connection, $"select {LineColumns} from delivery_log where event_id = ?1 order by id");

    private readonly Statement _oldest = new(connection, $"select id, {Age} from delivery_log order by id limit 1");

    private readonly Statement _newest = new(connection, "select max(id) from delivery_log");

    /// <summary>Whether lines are over the cap or, by a clock that is believed, over the age or dated into the future.</summary>
    public bool NeedsTrimming(ClockReading now, int maxLines) =>
        Oldest() is { } oldest
        && (_newest.ReadInt64() - oldest.Id >= maxLines
            || (!now.IsDoubted && (oldest.Age < now.Believed - Retention || oldest.Age > now.Believed + SteadyClock.Tolerance)));

    /// <summary>The lines before one, newest first, that fit the query; and where to go on, null at the end.</summary>
    public (List<DeliveryLogEntry> Lines, long? Next) ReadPage(DeliveryLogQuery query, long before)
    {
        Statement page = query.Outcome is { } outcome and not AttemptOutcome.Delivered ? _beforeOfOutcome.Bind(3, outcome.ToCode()) : _before;
        List<DeliveryLogEntry> lines = [];
        long last = before;
        int scanned = 0;
        try
        {
            page.Bind(1, before).Bind(2, MaxScan + 1L);
            while (page.Step())
            {
                if (lines.Count == query.Limit || scanned == MaxScan)
                {
                    return (lines, last);
                }

                scanned++;
                last = page.Int64(0);
                DeliveryLogEntry line = ReadLine(page);
                if (Fits(line, query))
                {
                    lines.Add(line);
                }
            }

            return (lines, null);
        }
        finally
        {
            page.Reset();
        }
    }

    /// <summary>What is known of one event, oldest first.</summary>
    public IReadOnlyList<LoggedLine> FindByEvent(string eventId) =>
        _byEvent.Bind(1, eventId).ReadAll(row => new LoggedLine(ReadLine(row), row.NullableTime(11), row.NullableTime(12)));

    /// <summary>Adds lines, in their order.</summary>
    public void Insert(ReadOnlySpan<NewLine> lines) => _insert.Execute(lines, static (statement, before, line) => statement
        .Bind(before + 1, line.Entry.At)
        .Bind(before + 2, line.Entry.EventId)
        .Bind(before + 3, line.Entry.Kind.ToCode())
        .Bind(before + 4, line.Entry.Lane)
        .Bind(before + 5, line.Entry.Step.ToCode())
        .Bind(before + 6, line.Entry.Outcome?.ToCode())
        .Bind(before + 7, line.Entry.Reason)
        .Bind(before + 8, line.Entry.Attempts)
        .Bind(before + 9, line.Entry.HttpStatus)
        .Bind(before + 10, (long)line.Entry.Duration.TotalMilliseconds)
        .Bind(before + 11, line.ReceivedAt)
        .Bind(before + 12, line.QueuedAt)
        .Bind(before + 13, line.CountedFrom)
        .Bind(before + 14, LoggedWarning.Write(line.Entry.Warnings)));

    /// <summary>
    /// Removes lines over the cap or, by a clock that is believed, over the age, among the oldest <paramref name="scan"/>: a bounded commit. Those that a
    /// clock that was ahead dated into the future are counted from now.
    /// </summary>
    /// <returns>How many it removed.</returns>
    public int Trim(ClockReading now, int maxLines, int scan)
    {
        if (Oldest() is not { } oldest || _newest.ReadInt64() is not { } newest)
        {
            return 0;
        }

        long end = oldest.Id + scan;
        if (!now.IsDoubted)
        {
            _correct.Bind(1, end).Bind(2, now.Believed).Bind(3, now.Believed + SteadyClock.Tolerance).Execute();
        }

        return _trim.Bind(1, end).Bind(2, newest - maxLines).Bind(3, now.IsDoubted ? null : now.Believed - Retention).Execute();
    }

    public void Dispose()
    {
        _before.Dispose();
        _beforeOfOutcome.Dispose();
        _byEvent.Dispose();
        _oldest.Dispose();
        _newest.Dispose();
        _insert.Dispose();
        _trim.Dispose();
        _correct.Dispose();
    }

    private (long Id, DateTimeOffset Age)? Oldest() => _oldest.ReadAll(row => (row.Int64(0), row.Time(1))) is [var line] ? line : null;

    private static bool Fits(DeliveryLogEntry line, DeliveryLogQuery query) =>
        line.Step is EventStep.Delivery or EventStep.Ingest
        && (query.Outcome is null || line.Outcome == query.Outcome)
        && (query.Kind is null || line.Kind == query.Kind);

    private static DeliveryLogEntry ReadLine(Statement row) => new()
    {
        At = row.Time(1),
        EventId = row.Text(2),
        Kind = row.Kind(3),
        Lane = row.Lane(4),
        Step = row.Step(5),
        Outcome = Codes.Parse<AttemptOutcome>(row.NullableText(6)),
        Reason = row.NullableText(7),
        Attempts = row.Int32(8),
        HttpStatus = (int?)row.NullableInt64(9),
        Duration = TimeSpan.FromMilliseconds(row.Int64(10)),
        Warnings = LoggedWarning.Read(row.NullableText(13)),
    };
}

/// <summary>A line that is to be added.</summary>
/// <param name="Entry">The line.</param>
/// <param name="ReceivedAt">When ingest received the event, so that its story is known after it left the queue; null if unknown.</param>
/// <param name="QueuedAt">When this delivery's message was queued; null if unknown.</param>
/// <param name="CountedFrom">What its age is counted from; null: its own time.</param>
internal readonly record struct NewLine(DeliveryLogEntry Entry, DateTimeOffset? ReceivedAt, DateTimeOffset? QueuedAt, DateTimeOffset? CountedFrom);

/// <summary>A line of the log with the times of the message it is about, where they are known.</summary>
internal sealed record LoggedLine(DeliveryLogEntry Entry, DateTimeOffset? ReceivedAt, DateTimeOffset? QueuedAt);
