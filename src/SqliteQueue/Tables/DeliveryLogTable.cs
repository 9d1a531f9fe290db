using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The delivery log; the writer's side.</summary>
internal sealed class DeliveryLogTable(SqliteConnection connection) : IDisposable
{
    /// <summary>The most lines kept.</summary>
    public const int MaxLines = 200_000;

    /// <summary>How long a line is kept.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    private readonly Statement _insert = new(connection, """
        insert into delivery_log (at, event_id, kind, lane, step, outcome, reason, attempts, http_status, duration_ms, received_at, queued_at)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        """);

    private readonly Statement _newest = new(connection, "select max(id) from delivery_log");

    private readonly Statement _oldest = new(connection, "select min(id) from delivery_log");

    private readonly Statement _trim = new(connection, "delete from delivery_log where id < ?1 and (id <= ?2 or at < ?3)");

    /// <summary>Adds a line.</summary>
    /// <param name="entry">The line.</param>
    /// <param name="receivedAt">When ingest received the event, so that its story is known after it left the queue; null if unknown.</param>
    /// <param name="queuedAt">When this delivery's message was queued; null if unknown.</param>
    public void Insert(DeliveryLogEntry entry, DateTimeOffset? receivedAt = null, DateTimeOffset? queuedAt = null) => _insert
        .Bind(1, entry.At)
        .Bind(2, entry.EventId)
        .Bind(3, entry.Kind.ToCode())
        .Bind(4, entry.Lane)
        .Bind(5, entry.Step.ToCode())
        .Bind(6, entry.Outcome?.ToCode())
        .Bind(7, entry.Reason)
        .Bind(8, entry.Attempts)
        .Bind(9, entry.HttpStatus)
        .Bind(10, (long)entry.Duration.TotalMilliseconds)
        .Bind(11, receivedAt)
        .Bind(12, queuedAt)
        .Execute();

    /// <summary>Removes lines over the cap or the age, among the oldest <paramref name="scan"/>: a bounded commit.</summary>
    /// <returns>How many it removed.</returns>
    public int Trim(DateTimeOffset now, int maxLines, int scan)
    {
        if (_oldest.ReadInt64() is not { } oldest || _newest.ReadInt64() is not { } newest)
        {
            return 0;
        }

        return _trim.Bind(1, oldest + scan).Bind(2, newest - maxLines).Bind(3, now - Retention).Execute();
    }

    public void Dispose()
    {
        _insert.Dispose();
        _newest.Dispose();
        _oldest.Dispose();
        _trim.Dispose();
    }
}
