using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The dead letters. Every list goes on from an id, so that a page costs the same at any depth.</summary>
internal sealed class DeadLetterTable(SqliteConnection connection) : IDisposable
{
    private const string ListColumns = "id, event_id, kind, reason, description, dead_lettered_at, attempts, coalesce(first_failed_at, dead_lettered_at)";
    private const string KeyColumns = "id, reason, event_id, kind, lane, partition, replay_count, attempts, is_repeat";

    // Written as in the index, which SQLite takes for this expression alone.
    private const string Age = "coalesce(counted_from, dead_lettered_at)";

    private readonly Statement _insert = new(connection, """
        insert into dead_letters (lane, partition, event_id, kind, queued_at, received_at, replay_count, lifecycle_allowed, from_browser, trace_parent,
            reason, description, dead_lettered_at, attempts, counted_from, first_failed_at, answer, is_repeat, body)
        select lane, partition, event_id, kind, queued_at, received_at, replay_count, lifecycle_allowed, from_browser, trace_parent,
            ?2, ?3, ?4, ?5, ?6, ?7, ?8, is_repeat, body
        from events where sequence = ?1
        """);

    private readonly Statement _findKey = new(connection, $"select {KeyColumns} from dead_letters where id = ?1");

    private readonly Statement _findExpired = new(connection, $"select {KeyColumns} from dead_letters where {Age} < ?1 order by {Age} limit ?2");

    private readonly Statement _countExpired = new(connection, $"select count(*) from (select 1 from dead_letters where {Age} < ?1 limit ?2)");

    private readonly Statement _correct = new(connection,
        $"update dead_letters set counted_from = ?1 where id in (select id from dead_letters where {Age} > ?2 order by {Age} desc limit ?3)");

    private readonly Statement _delete = new(connection, "delete from dead_letters where id = ?1");

    private readonly Statement _list = new(connection, $"select {ListColumns} from dead_letters where id > ?1 order by id limit ?2");

    private readonly Statement _listOfReason = new(connection,
        $"select {ListColumns} from dead_letters where reason = ?3 and id > ?1 order by id limit ?2");

    private readonly Statement _find = new(connection, $"select {ListColumns}, answer, body from dead_letters where id = ?1");

    private readonly Statement _byEvent = new(connection,
        "select kind, lane, received_at, queued_at, dead_lettered_at, reason, attempts from dead_letters where event_id = ?1 order by id");

    private readonly Statement _newest = new(connection, "select max(id) from dead_letters");

    private readonly Statement _oldest = new(connection, $"select min({Age}) from dead_letters");

    private readonly Statement _youngest = new(connection, $"select max({Age}) from dead_letters");

    private readonly Statement _ids = new(connection, "select id from dead_letters where id > ?1 and id <= ?2 order by id limit ?3");

    private readonly Statement _idsOfReason = new(connection,
        "select id from dead_letters where reason = ?4 and id > ?1 and id <= ?2 order by id limit ?3");

    private readonly Statement _bodies = new(connection, "select id, body from dead_letters where id > ?1 and id <= ?2 order by id limit ?3");

    public List<DeadLetter> List(DeadLetterReason? reason, long after, int limit) => (reason is { } known
        ? _listOfReason.Bind(3, known.ToCode())
        : _list).Bind(1, after).Bind(2, limit).ReadAll(ReadDeadLetter);

    public DeadLetterDetail? Find(long id) =>
        _find.Bind(1, id).ReadAll(row => new DeadLetterDetail(ReadDeadLetter(row), row.Blob(9), row.Blob(8))) is [var detail] ? detail : null;

    public IReadOnlyList<DeadMessage> FindByEvent(string eventId) => _byEvent.Bind(1, eventId).ReadAll(row => new DeadMessage(
        new QueuedMessage(row.Kind(0), row.Lane(1), row.Time(2), row.Time(3), row.Int32(6)), row.Time(4), row.Text(5)));

    /// <summary>The newest id; zero when there is none.</summary>
    public long Newest() => _newest.ReadInt64() ?? 0;

    /// <summary>What the age of the oldest one is counted from; null when there is none.</summary>
    public DateTimeOffset? Oldest() => Columns.TimeOf(_oldest.ReadInt64());

    /// <summary>What the age of the youngest one is counted from; null when there is none.</summary>
    public DateTimeOffset? Youngest() => Columns.TimeOf(_youngest.ReadInt64());

    /// <summary>How many are older, counted up to a limit.</summary>
    public long CountExpired(DateTimeOffset before, int limit) => _countExpired.Bind(1, before).Bind(2, limit).ReadInt64() ?? 0;

    /// <summary>The oldest ids after one and up to another.</summary>
    public List<long> Ids(DeadLetterReason? reason, long after, long upTo, int limit) => (reason is { } known
        ? _idsOfReason.Bind(4, known.ToCode())
        : _ids).Bind(1, after).Bind(2, upTo).Bind(3, limit).ReadAll(row => row.Int64(0));

    /// <summary>The oldest events after an id and up to another.</summary>
    public List<(long Id, byte[] Body)> Bodies(long after, long upTo, int limit) =>
        _bodies.Bind(1, after).Bind(2, upTo).Bind(3, limit).ReadAll(static row => (row.Int64(0), row.Blob(1)));

    /// <summary>Copies an event from the queue.</summary>
    /// <param name="sequence">The event.</param>
    /// <param name="dead">Why, and what Customer.io wrote.</param>
    /// <param name="now">When, and what its age is counted from.</param>
    /// <param name="history">Calls made for it, and when it first failed, before a replay too.</param>
    public void InsertFromQueue(long sequence, Settlement.DeadLetter dead, ClockReading now, FailureHistory history)
    {
        _insert
            .Bind(1, sequence)
            .Bind(2, dead.Reason.ToCode())
            .Bind(3, dead.Description)
            .Bind(4, now.Wall)
            .Bind(5, history.FailedCalls)
            .Bind(6, Columns.CountedFrom(now.Wall, now))
            .Bind(7, history.FirstFailedAt);
        (dead.Answer.IsEmpty ? _insert.Bind(8, (string?)null) : _insert.Bind(8, dead.Answer.Span)).Execute();
    }

    public DeadLetterKey? FindKey(long id) => _findKey.Bind(1, id).ReadAll(ReadKey) is [var key] ? key : null;

    public IReadOnlyList<DeadLetterKey> FindExpired(DateTimeOffset before, int limit) =>
        _findExpired.Bind(1, before).Bind(2, limit).ReadAll(ReadKey);

    /// <summary>Those that a clock that was ahead dated into the future are counted from now, up to a limit.</summary>
    /// <returns>How many there were.</returns>
    public int CorrectFuture(DateTimeOffset now, int limit) =>
        _correct.Bind(1, now).Bind(2, now + SteadyClock.Tolerance).Bind(3, limit).Execute();

    public void Delete(long id) => _delete.Bind(1, id).Execute();

    public void Dispose()
    {
        _list.Dispose();
        _listOfReason.Dispose();
        _find.Dispose();
        _byEvent.Dispose();
        _newest.Dispose();
        _oldest.Dispose();
        _youngest.Dispose();
        _ids.Dispose();
        _idsOfReason.Dispose();
        _bodies.Dispose();
        _insert.Dispose();
        _findKey.Dispose();
        _findExpired.Dispose();
        _countExpired.Dispose();
        _correct.Dispose();
        _delete.Dispose();
    }

    private static DeadLetter ReadDeadLetter(Statement row) => new()
    {
        Id = row.Int64(0).ToString(System.Globalization.CultureInfo.InvariantCulture),
        EventId = row.Text(1),
        Kind = row.Text(2),
        Reason = ReasonOf(row.Text(3)),
        Description = row.Text(4),
        DeadLetteredAt = row.Time(5),
        EventTime = EventUlid.TimeOf(row.Text(1)),
        Attempts = row.Int32(6),
        FirstFailedAt = row.Time(7),
    };

    /// <summary>The reason a row carries; one that only a newer version knows counts as invalid.</summary>
    private static DeadLetterReason ReasonOf(string code) =>
        Codes.Parse<DeadLetterReason>(code) ?? DeadLetterReason.InvalidEvent;

    private static DeadLetterKey ReadKey(Statement row) => new(
        row.Int64(0),
        ReasonOf(row.Text(1)),
        row.Text(2),
        row.Kind(3),
        new Partition(row.Lane(4), row.Int32(5)),
        row.Int32(6),
        row.Int32(7),
        row.Boolean(8));
}

/// <summary>What the writer must know of a dead letter to move or remove it.</summary>
internal readonly record struct DeadLetterKey(
    long Id,
    DeadLetterReason Reason,
    string EventId,
    EventKind Kind,
    Partition Partition,
    int ReplayCount,
    int Attempts,
    bool IsRepeat);

/// <summary>What the story of an event tells of a dead letter.</summary>
internal sealed record DeadMessage(QueuedMessage Message, DateTimeOffset DeadLetteredAt, string Reason);

/// <summary>What became of the events of each run of replay. Changes in the transactions that replay and settle them.</summary>
internal sealed class ReplayTable(SqliteConnection connection) : IDisposable
{
    /// <summary>How long a run is remembered.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    private const string Replayed = "replayed";
    private const string CameBack = "deadLettered/";

    private readonly Statement _add = new(connection,
        "insert into replays (run, what, number) values (?1, ?2, ?3) on conflict do update set number = number + excluded.number");

    private readonly Statement _forget = new(connection, "delete from replays where run < ?1");

    private readonly Statement _read = new(connection, "select what, number from replays where run = ?1");

    /// <summary>A run replayed so many more. Runs that are long over are forgotten.</summary>
    public void AddReplayed(DeadLetterRun run, int number)
    {
        _forget.Bind(1, run.BeganAt - Retention).Execute();
        _add.Bind(1, run.Id).Bind(2, Replayed).Bind(3, number).Execute();
    }

    /// <summary>An event of a run came to its end; nothing happens where it is given back.</summary>
    public void AddEnd(long run, DeliveryAttempt attempt)
    {
        if (attempt.Outcome != AttemptOutcome.Released)
        {
            string what = attempt.Settlement is Settlement.DeadLetter dead ? CameBack + dead.Reason.ToCode() : attempt.Outcome.ToCode();
            _add.Bind(1, run).Bind(2, what).Bind(3, 1).Execute();
        }
    }

    /// <summary>What became of a run's events.</summary>
    public ReplayResult Read(DeadLetterRun run)
    {
        Dictionary<string, long> known = _read.Bind(1, run.Id).ReadAll(row => (What: row.Text(0), Number: row.Int64(1))).ToDictionary(row => row.What, row => row.Number, StringComparer.Ordinal);
        Dictionary<DeadLetterReason, long> cameBack = [];
        foreach (DeadLetterReason reason in Enum.GetValues<DeadLetterReason>())
        {
            if (known.TryGetValue(CameBack + reason.ToCode(), out long number))
            {
                cameBack[reason] = number;
            }
        }

        long delivered = known.GetValueOrDefault(AttemptOutcome.Delivered.ToCode());
        long skipped = known.GetValueOrDefault(AttemptOutcome.Skipped.ToCode());
        return new ReplayResult(cameBack, delivered, skipped, Math.Max(0, known.GetValueOrDefault(Replayed) - delivered - skipped - cameBack.Values.Sum()));
    }

    public void Dispose()
    {
        _add.Dispose();
        _forget.Dispose();
        _read.Dispose();
    }
}
