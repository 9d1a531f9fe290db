using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The events on the queue. Statements that write are the writer's.</summary>
internal sealed class EventTable(SqliteConnection connection) : IDisposable
{
    private readonly RowInsert _insert = new(connection, """
        insert or fail into events (sequence, lane, partition, event_id, kind, queued_at, received_at, replay_count, as_of_now,
            lifecycle_allowed, from_browser, trace_parent, is_repeat, not_before, body)
        """, columns: 15);

    private readonly Statement _requeue = new(connection, """
        insert into events (sequence, lane, partition, event_id, kind, queued_at, received_at, replay_count, as_of_now,
            lifecycle_allowed, from_browser, trace_parent, replay_run, calls_before, failed_before, is_repeat, body)
        select ?1, lane, partition, event_id, kind, ?2, received_at, ?3, ?4, lifecycle_allowed, from_browser, trace_parent,
            ?6, attempts, coalesce(first_failed_at, dead_lettered_at), is_repeat, body
        from dead_letters where id = ?5
        """);

    private readonly Statement _delete = new(connection, "delete from events where sequence = ?1");

    private readonly Statement _keepHistory = new(connection, "update events set attempts = ?2, first_failed_at = ?3 where sequence = ?1");

    private readonly Statement _claim = new(connection, "update events set claims = claims + 1 where sequence = ?1 returning claims");

    private readonly Statement _unclaim = new(connection, "update events set claims = 0 where sequence = ?1");

    private readonly Statement _run = new(connection, """
        select sequence, event_id, kind, queued_at, received_at, replay_count, as_of_now, lifecycle_allowed, trace_parent,
            attempts, first_failed_at, claims, from_browser, replay_run, calls_before, failed_before, is_repeat, body
        from events where lane = ?1 and partition = ?2 and not_before is null order by sequence limit ?3
        """);

    // One seek a partition. "select distinct" would walk the whole index, and "(lane, partition) > (?1, ?2)" too: only its first column is sought.
    private readonly Statement _nextPartition = new(connection, """
        select partition from events where lane = ?1 and partition > ?2 and not_before is null order by partition limit 1
        """);

    private readonly Statement _first = new(connection, "select min(sequence) from events");

    private readonly Statement _head = new(connection, "select min(sequence) from events where lane = ?1 and partition = ?2 and not_before is null");

    private readonly Statement _queuedAt = new(connection, "select queued_at from events where sequence = ?1");

    private readonly Statement _after = new(connection, """
        select sequence, lane, partition, event_id, kind, queued_at, received_at, attempts, is_repeat, not_before, body
        from events where sequence > ?1 and sequence <= ?2 order by sequence limit ?3
        """);

    private readonly Statement _last = new(connection, "select max(sequence) from events");

    // One whose time lies farther ahead than any may was put there by a clock that was ahead.
    private readonly Statement _due = new(connection, """
        select sequence, lane, partition, event_id, kind, replay_count, is_repeat
        from events where not_before is not null and (not_before <= ?1 or not_before > ?2) limit ?3
        """);

    private readonly Statement _countKept = new(connection, "select count(*) from (select 1 from events where not_before is not null limit ?1)");

    private readonly Statement _letGo = new(connection, "update events set sequence = ?2, queued_at = ?3, not_before = null where sequence = ?1 and not_before is not null");

    private readonly Statement _byEvent = new(connection, """
        select kind, lane, received_at, queued_at, attempts + calls_before from events where sequence = ?1 and event_id = ?2
        """);

    /// <summary>The oldest events of a partition, and whether there are more.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="maxEvents">The most events.</param>
    /// <param name="maxBytes">No other event is read when the bodies have so many bytes; the first one always is.</param>
    public (List<QueuedEvent> Run, bool HasMore) ReadRun(Partition partition, int maxEvents, long maxBytes)
    {
        List<QueuedEvent> run = [];
        long bytes = 0;
        try
        {
            // One more than asked for tells whether the partition is to be listed again. Its body is not read.
            _run.Bind(1, partition.Lane).Bind(2, partition.Number).Bind(3, maxEvents + 1L);
            while (_run.Step())
            {
                if (run.Count == maxEvents || (run.Count > 0 && bytes >= maxBytes))
                {
                    return (run, true);
                }

                QueuedEvent queued = ReadEvent(_run, partition);
                bytes += queued.Received.Envelope.Body.Length;
                run.Add(queued);
            }

            return (run, false);
        }
        finally
        {
            _run.Reset();
        }
    }

    /// <summary>The partitions that have events.</summary>
    public IReadOnlyList<Partition> ReadPartitions()
    {
        List<Partition> partitions = [];
        foreach (Lane lane in Enum.GetValues<Lane>())
        {
            long? number = -1;
            while ((number = _nextPartition.Bind(1, lane).Bind(2, number).ReadInt64()) is { } next)
            {
                partitions.Add(new Partition(lane, (int)next));
            }
        }

        return partitions;
    }

    /// <summary>The number of the oldest event; null when there is none.</summary>
    public long? First() => _first.ReadInt64();

    /// <summary>The number of the newest event; zero when there is none.</summary>
    public long Last() => _last.ReadInt64() ?? 0;

    /// <summary>The oldest events of all partitions after a number and up to another.</summary>
    public List<ReceivedEvent> ReadAfter(long sequence, long upTo, int limit) =>
        _after.Bind(1, sequence).Bind(2, upTo).Bind(3, limit).ReadAll(static row => new ReceivedEvent(
            new EventEnvelope
            {
                EventId = row.Text(3),
                Kind = row.Kind(4),
                QueuedAt = row.Time(5),
                ReceivedAt = row.Time(6),
                Partition = new Partition(row.Lane(1), row.Int32(2)),
                IsRepeat = row.Boolean(8),
                NotBefore = row.NullableTime(9),
                Body = row.Blob(10),
            },
            row.Int64(0),
            new FailureHistory(row.Int32(7), null)));

    /// <summary>When the oldest event of these partitions was queued; null when they are empty.</summary>
    public DateTimeOffset? OldestQueuedAt(IReadOnlyList<Partition> partitions)
    {
        long? oldest = null;
        foreach (Partition partition in partitions)
        {
            if (_head.Bind(1, partition.Lane).Bind(2, partition.Number).ReadInt64() is { } head && !(head >= oldest))
            {
                oldest = head;
            }
        }

        return oldest is { } sequence && _queuedAt.Bind(1, sequence).ReadInt64() is { } queuedAt
            ? DateTimeOffset.FromUnixTimeMilliseconds(queuedAt)
            : null;
    }

    /// <summary>The messages of one event that are on the queue.</summary>
    /// <param name="eventId">The event.</param>
    /// <param name="sequences">Where they can be.</param>
    public IReadOnlyList<QueuedMessage> FindByEvent(string eventId, IEnumerable<long> sequences) =>
    [
        .. sequences.SelectMany(sequence => _byEvent
            .Bind(1, sequence)
            .Bind(2, eventId)
            .ReadAll(row => new QueuedMessage(row.Kind(0), row.Lane(1), row.Time(2), row.Time(3), row.Int32(4)))),
    ];

    /// <summary>Adds events.</summary>
    public void Insert(ReadOnlySpan<NewEvent> events) => _insert.Execute(events, static (statement, before, added) => statement
        .Bind(before + 1, added.Sequence)
        .Bind(before + 2, added.Envelope.Lane)
        .Bind(before + 3, added.Envelope.Partition.Number)
        .Bind(before + 4, added.Envelope.EventId)
        .Bind(before + 5, added.Envelope.Kind.ToCode())
        .Bind(before + 6, added.Envelope.QueuedAt)
        .Bind(before + 7, added.Envelope.ReceivedAt)
        .Bind(before + 8, added.Envelope.ReplayCount)
        .Bind(before + 9, added.Envelope.AsOfNow)
        .Bind(before + 10, added.Envelope.LifecycleAllowed)
        .Bind(before + 11, added.Envelope.FromBrowser)
        .Bind(before + 12, added.Envelope.TraceParent)
        .Bind(before + 13, added.Envelope.IsRepeat)
        .Bind(before + 14, added.Envelope.NotBefore)
        .Bind(before + 15, added.Envelope.Body.Span));

    /// <summary>Events whose time has come, or can't be right, up to a limit.</summary>
    public List<DueEvent> ReadDue(DateTimeOffset now, TimeSpan longestWait, int limit) => _due.Bind(1, now).Bind(2, now + longestWait).Bind(3, limit).ReadAll(static row =>
        new DueEvent(row.Int64(0), new Partition(row.Lane(1), row.Int32(2)), MessageKey.Of(row.Text(3), row.Kind(4), row.Int32(5), row.Boolean(6))));

    /// <summary>How many events are kept for a time that has not come, counted up to a limit.</summary>
    public long CountKept(int limit) => _countKept.Bind(1, limit).ReadInt64() ?? 0;

    /// <summary>An event may be handed out, after all that wait by now.</summary>
    /// <returns>Whether it was there.</returns>
    public bool LetGo(long sequence, long newSequence, DateTimeOffset now) => _letGo.Bind(1, sequence).Bind(2, newSequence).Bind(3, now).Execute() == 1;

    /// <summary>Copies a dead letter back; its body never leaves SQLite.</summary>
    public void Requeue(long sequence, DateTimeOffset queuedAt, int replayCount, bool asOfNow, long deadLetterId, long run) =>
        _requeue.Bind(1, sequence).Bind(2, queuedAt).Bind(3, replayCount).Bind(4, asOfNow).Bind(5, deadLetterId).Bind(6, run).Execute();

    /// <returns>Whether it was there.</returns>
    public bool Delete(long sequence) => _delete.Bind(1, sequence).Execute() == 1;

    /// <summary>Keeps how often its delivery failed.</summary>
    /// <returns>Whether it was there.</returns>
    public bool KeepHistory(long sequence, FailureHistory history) =>
        _keepHistory.Bind(1, sequence).Bind(2, history.FailedCalls).Bind(3, history.FirstFailedAt).Execute() == 1;

    /// <returns>How often it was claimed now without an end.</returns>
    public int Claim(long sequence) => (int)(_claim.Bind(1, sequence).ReadInt64() ?? 0);

    /// <summary>The process lived to give it back, so its claims count no more.</summary>
    public void Unclaim(long sequence) => _unclaim.Bind(1, sequence).Execute();

    public void Dispose()
    {
        _run.Dispose();
        _nextPartition.Dispose();
        _first.Dispose();
        _head.Dispose();
        _queuedAt.Dispose();
        _byEvent.Dispose();
        _after.Dispose();
        _last.Dispose();
        _due.Dispose();
        _countKept.Dispose();
        _letGo.Dispose();
        _insert.Dispose();
        _requeue.Dispose();
        _delete.Dispose();
        _keepHistory.Dispose();
        _claim.Dispose();
        _unclaim.Dispose();
    }

    private static QueuedEvent ReadEvent(Statement row, Partition partition) => new(
        new ReceivedEvent(
            new EventEnvelope
            {
                EventId = row.Text(1),
                Kind = row.Kind(2),
                QueuedAt = row.Time(3),
                ReceivedAt = row.Time(4),
                Partition = partition,
                ReplayCount = row.Int32(5),
                AsOfNow = row.Boolean(6),
                LifecycleAllowed = row.Boolean(7),
                FromBrowser = row.Boolean(12),
                TraceParent = row.NullableText(8),
                ReplayRun = row.NullableInt64(13),
                BeforeReplay = new FailureHistory(row.Int32(14), row.NullableTime(15)),
                IsRepeat = row.Boolean(16),
                Body = row.Blob(17),
            },
            row.Int64(0),
            new FailureHistory(row.Int32(9), row.NullableTime(10))),
        row.Int32(11));
}

/// <summary>What the story of an event tells of a message on the queue.</summary>
internal sealed record QueuedMessage(EventKind Kind, Lane Lane, DateTimeOffset ReceivedAt, DateTimeOffset QueuedAt, int Attempts);

/// <summary>An event that is to be added.</summary>
internal readonly record struct NewEvent(long Sequence, EventEnvelope Envelope);

/// <summary>An event whose time has come.</summary>
/// <param name="Sequence">Its number until now.</param>
/// <param name="Partition">Where it is handed out.</param>
/// <param name="Key">Its message id (<see cref="MessageKey"/>).</param>
internal sealed record DueEvent(long Sequence, Partition Partition, byte[] Key);

/// <summary>An event's row.</summary>
/// <param name="Received">The event as it is handed out.</param>
/// <param name="Claims">How often it was claimed while the process ended without settling it.</param>
internal sealed record QueuedEvent(ReceivedEvent Received, int Claims);
