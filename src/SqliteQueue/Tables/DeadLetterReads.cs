using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The dead letters; a reader's side. Every list goes on from an id, so that a page costs the same at any depth.</summary>
internal sealed class DeadLetterReads(SqliteConnection connection) : IDisposable
{
    private const string ListColumns = "id, event_id, kind, reason, description, dead_lettered_at, attempts";

    private readonly Statement _list = new(connection, $"select {ListColumns} from dead_letters where id > ?1 order by id limit ?2");

    private readonly Statement _listOfReason = new(connection,
        $"select {ListColumns} from dead_letters where reason = ?3 and id > ?1 order by id limit ?2");

    private readonly Statement _find = new(connection, $"select {ListColumns}, body from dead_letters where id = ?1");

    private readonly Statement _byEvent = new(connection,
        "select kind, lane, received_at, queued_at, dead_lettered_at, reason, attempts from dead_letters where event_id = ?1 order by id");

    private readonly Statement _newest = new(connection, "select max(id) from dead_letters");

    private readonly Statement _oldest = new(connection, "select min(dead_lettered_at) from dead_letters");

    private readonly Statement _ids = new(connection, "select id from dead_letters where id > ?1 and id <= ?2 order by id limit ?3");

    private readonly Statement _idsOfReason = new(connection,
        "select id from dead_letters where reason = ?4 and id > ?1 and id <= ?2 order by id limit ?3");

    public List<DeadLetter> List(DeadLetterReason? reason, long after, int limit) => (reason is { } known
        ? _listOfReason.Bind(3, known.ToCode())
        : _list).Bind(1, after).Bind(2, limit).ReadAll(ReadDeadLetter);

    public DeadLetterDetail? Find(long id) =>
        _find.Bind(1, id).ReadAll(row => new DeadLetterDetail(ReadDeadLetter(row), row.Blob(7))) is [var detail] ? detail : null;

    public IReadOnlyList<DeadMessage> FindByEvent(string eventId) => _byEvent.Bind(1, eventId).ReadAll(row => new DeadMessage(
        new QueuedMessage(row.Kind(0), row.Lane(1), row.Time(2), row.Time(3), row.Int32(6)), row.Time(4), row.Text(5)));

    /// <summary>The newest id; zero when there is none.</summary>
    public long Newest() => _newest.ReadInt64() ?? 0;

    /// <summary>When the oldest one became a dead letter; null when there is none.</summary>
    public DateTimeOffset? Oldest() => _oldest.ReadInt64() is { } milliseconds ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;

    /// <summary>The oldest ids after one and up to another.</summary>
    public List<long> Ids(DeadLetterReason? reason, long after, long upTo, int limit) => (reason is { } known
        ? _idsOfReason.Bind(4, known.ToCode())
        : _ids).Bind(1, after).Bind(2, upTo).Bind(3, limit).ReadAll(row => row.Int64(0));

    public void Dispose()
    {
        _list.Dispose();
        _listOfReason.Dispose();
        _find.Dispose();
        _byEvent.Dispose();
        _newest.Dispose();
        _oldest.Dispose();
        _ids.Dispose();
        _idsOfReason.Dispose();
    }

    private static DeadLetter ReadDeadLetter(Statement row) => new()
    {
        Id = row.Int64(0).ToString(System.Globalization.CultureInfo.InvariantCulture),
        EventId = row.Text(1),
        Kind = row.Text(2),
        Reason = DeadLetterTable.ReasonOf(row.Text(3)),
        Description = row.Text(4),
        DeadLetteredAt = row.Time(5),
        EventTime = MessageKey.TimeOf(row.Text(1)),
        Attempts = row.Int32(6),
    };
}

/// <summary>What the story of an event tells of a dead letter.</summary>
internal sealed record DeadMessage(QueuedMessage Message, DateTimeOffset DeadLetteredAt, string Reason);
