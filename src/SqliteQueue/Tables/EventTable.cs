using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The events on the queue; the writer's side.</summary>
internal sealed class EventTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(connection, """
        insert into events (sequence, lane, partition, event_id, kind, queued_at, received_at, replay_count, as_of_now,
            lifecycle_allowed, trace_parent, body)
        values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        """);

    private readonly Statement _requeue = new(connection, """
        insert into events (sequence, lane, partition, event_id, kind, queued_at, received_at, replay_count, as_of_now,
            lifecycle_allowed, trace_parent, body)
        select ?1, lane, partition, event_id, kind, ?2, received_at, ?3, ?4, lifecycle_allowed, trace_parent, body
        from dead_letters where id = ?5
        """);

    private readonly Statement _delete = new(connection, "delete from events where sequence = ?1");

    private readonly Statement _keepHistory = new(connection, "update events set attempts = ?2, first_failed_at = ?3 where sequence = ?1");

    private readonly Statement _claim = new(connection, "update events set claims = claims + 1 where sequence = ?1 returning claims");

    private readonly Statement _unclaim = new(connection, "update events set claims = 0 where sequence = ?1");

    public void Insert(long sequence, EventEnvelope envelope) => _insert
        .Bind(1, sequence)
        .Bind(2, envelope.Lane)
        .Bind(3, envelope.Partition.Number)
        .Bind(4, envelope.EventId)
        .Bind(5, envelope.Kind.ToCode())
        .Bind(6, envelope.QueuedAt)
        .Bind(7, envelope.ReceivedAt)
        .Bind(8, envelope.ReplayCount)
        .Bind(9, envelope.AsOfNow)
        .Bind(10, envelope.LifecycleAllowed)
        .Bind(11, envelope.TraceParent)
        .Bind(12, envelope.Body.Span)
        .Execute();

    /// <summary>Copies a dead letter back; its body never leaves SQLite.</summary>
    public void Requeue(long sequence, DateTimeOffset queuedAt, int replayCount, bool asOfNow, long deadLetterId) =>
        _requeue.Bind(1, sequence).Bind(2, queuedAt).Bind(3, replayCount).Bind(4, asOfNow).Bind(5, deadLetterId).Execute();

    /// <returns>Whether it was there.</returns>
    public bool Delete(long sequence) => _delete.Bind(1, sequence).Execute() == 1;

    /// <summary>Keeps how often its delivery failed.</summary>
    /// <returns>Whether it was there.</returns>
    public bool KeepHistory(long sequence, FailureHistory history) =>
        _keepHistory.Bind(1, sequence).Bind(2, history.Attempts).Bind(3, history.FirstFailedAt).Execute() == 1;

    /// <returns>How often it was claimed now without an end.</returns>
    public int Claim(long sequence) => (int)(_claim.Bind(1, sequence).ReadInt64() ?? 0);

    /// <summary>The process lived to give it back, so its claims count no more.</summary>
    public void Unclaim(long sequence) => _unclaim.Bind(1, sequence).Execute();

    public void Dispose()
    {
        _insert.Dispose();
        _requeue.Dispose();
        _delete.Dispose();
        _keepHistory.Dispose();
        _claim.Dispose();
        _unclaim.Dispose();
    }
}
