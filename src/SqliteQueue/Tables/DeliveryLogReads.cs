using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The delivery log; a reader's side.</summary>
internal sealed class DeliveryLogReads(SqliteConnection connection) : IDisposable
{
    /// <summary>The most lines one page looks at.</summary>
    public const int MaxScan = 5_000;

    private const string LineColumns =
        "id, at, event_id, kind, lane, step, outcome, reason, attempts, http_status, duration_ms, received_at, queued_at";

    private readonly Statement _before = new(connection, $"select {LineColumns} from delivery_log where id < ?1 order by id desc limit ?2");

    // The outcomes that are not delivered are few among many, so they have an index; the literal tells SQLite that it may use it.
    private readonly Statement _beforeOfOutcome = new(connection,
        $"select {LineColumns} from delivery_log where outcome = ?3 and outcome <> 'delivered' and id < ?1 order by id desc limit ?2");

    private readonly Statement _byEvent = new(connection, $"select {LineColumns} from delivery_log where event_id = ?1 order by id");

    private readonly Statement _oldest = new(connection, "select id, at from delivery_log order by id limit 1");

    private readonly Statement _newest = new(connection, "select max(id) from delivery_log");

    /// <summary>Whether lines are over the cap or the age.</summary>
    public bool NeedsTrimming(DateTimeOffset now, int maxLines) =>
        _oldest.ReadAll(row => (Id: row.Int64(0), At: row.Time(1))) is [var oldest]
        && (oldest.At < now - DeliveryLogTable.Retention || _newest.ReadInt64() - oldest.Id >= maxLines);

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

    public void Dispose()
    {
        _before.Dispose();
        _beforeOfOutcome.Dispose();
        _byEvent.Dispose();
        _oldest.Dispose();
        _newest.Dispose();
    }

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
        Outcome = AttemptOutcomeCodes.TryParse(row.NullableText(6), out AttemptOutcome outcome) ? outcome : null,
        Reason = row.NullableText(7),
        Attempts = row.Int32(8),
        HttpStatus = (int?)row.NullableInt64(9),
        Duration = TimeSpan.FromMilliseconds(row.Int64(10)),
    };
}

/// <summary>A line of the log with the times of the message it is about, where they are known.</summary>
internal sealed record LoggedLine(DeliveryLogEntry Entry, DateTimeOffset? ReceivedAt, DateTimeOffset? QueuedAt);
