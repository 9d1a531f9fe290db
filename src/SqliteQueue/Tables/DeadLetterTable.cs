using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The dead letters; the writer's side.</summary>
internal sealed class DeadLetterTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _insert = new(connection, """
        insert into dead_letters (lane, partition, event_id, kind, queued_at, received_at, replay_count, lifecycle_allowed, trace_parent,
            reason, description, dead_lettered_at, attempts, body)
        select lane, partition, event_id, kind, queued_at, received_at, replay_count, lifecycle_allowed, trace_parent,
            ?2, ?3, ?4, ?5, body
        from events where sequence = ?1
        """);

    private readonly Statement _find = new(connection,
        "select id, reason, event_id, kind, lane, partition, replay_count, attempts from dead_letters where id = ?1");

    private readonly Statement _findExpired = new(connection, """
        select id, reason, event_id, kind, lane, partition, replay_count, attempts from dead_letters
        where dead_lettered_at < ?1 order by dead_lettered_at limit ?2
        """);

    private readonly Statement _delete = new(connection, "delete from dead_letters where id = ?1");

    /// <summary>Copies an event from the queue.</summary>
    /// <param name="sequence">The event.</param>
    /// <param name="reason">Why.</param>
    /// <param name="description">Names field, limit and actual size.</param>
    /// <param name="at">When.</param>
    /// <param name="attempts">Calls made for it.</param>
    public void InsertFromQueue(long sequence, DeadLetterReason reason, string description, DateTimeOffset at, int attempts) =>
        _insert.Bind(1, sequence).Bind(2, reason.ToCode()).Bind(3, description).Bind(4, at).Bind(5, attempts).Execute();

    public DeadLetterKey? Find(long id) => _find.Bind(1, id).ReadAll(ReadKey) is [var key] ? key : null;

    public IReadOnlyList<DeadLetterKey> FindExpired(DateTimeOffset before, int limit) =>
        _findExpired.Bind(1, before).Bind(2, limit).ReadAll(ReadKey);

    public void Delete(long id) => _delete.Bind(1, id).Execute();

    public void Dispose()
    {
        _insert.Dispose();
        _find.Dispose();
        _findExpired.Dispose();
        _delete.Dispose();
    }

    /// <summary>The reason a row carries; one that only a newer version knows counts as invalid.</summary>
    public static DeadLetterReason ReasonOf(string code) =>
        DeadLetterReasonCodes.TryParse(code, out DeadLetterReason reason) ? reason : DeadLetterReason.InvalidEvent;

    private static DeadLetterKey ReadKey(Statement row) => new(
        row.Int64(0),
        ReasonOf(row.Text(1)),
        row.Text(2),
        row.Kind(3),
        new Partition(row.Lane(4), row.Int32(5)),
        row.Int32(6),
        row.Int32(7));
}

/// <summary>What the writer must know of a dead letter to move or remove it.</summary>
internal readonly record struct DeadLetterKey(
    long Id,
    DeadLetterReason Reason,
    string EventId,
    EventKind Kind,
    Partition Partition,
    int ReplayCount,
    int Attempts);
