using System.Diagnostics;
using System.Runtime.InteropServices;
using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>The writing connection with its tables and its transaction. Used by the writer's thread alone.</summary>
internal sealed class WriteSession : IDisposable
{
    // SQLite copies what a statement is given: events are inserted together up to so many bytes.
    private const int MostBytesTogether = 256 * 1024;

    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _pages;
    private readonly TableSet _tables;
    private readonly SteadyClock _clock;
    private readonly List<NewEvent> _added = [];
    private readonly List<NewLine> _lines = [];
    private int _addedBytes;

    /// <param name="connection">The writing connection.</param>
    /// <param name="clock">What ages are judged by.</param>
    /// <param name="counted">What this process counts beside the queue; null where nobody counts.</param>
    /// <param name="seenMemory">How many bytes duplicate detection may take.</param>
    public WriteSession(SqliteConnection connection, SteadyClock clock, EventCounters? counted, long seenMemory)
    {
        Counters = new Counters(counted);
        _connection = connection;
        _clock = clock;
        _begin = new Statement(connection, "begin immediate");
        _commit = new Statement(connection, "commit");
        _rollback = new Statement(connection, "rollback");
        _pages = new Statement(connection, "pragma page_count");
        _tables = new TableSet(connection);
        Counters.Load(NamedCounters);
        Seen = new SeenIds(_tables.Seen, seenMemory);
    }

    public EventTable Events => _tables.Events;

    /// <summary>Which message ids are new.</summary>
    public SeenIds Seen { get; }

    /// <summary>The message ids as they lie in the file.</summary>
    public SeenTable SeenRows => _tables.Seen;

    public DeadLetterTable DeadLetters => _tables.DeadLetters;

    public DeliveryLogTable Log => _tables.Log;

    public CounterTable NamedCounters => _tables.NamedCounters;

    public PersonTable People => _tables.People;

    public ReplayTable Replays => _tables.Replays;

    public Counters Counters { get; }

    /// <summary>The time: facts carry the wall clock's, ages are counted from and judged by what is believed.</summary>
    public ClockReading Now => _clock.Read();

    /// <summary>Keeps what the clock knows for the next start; part of a transaction.</summary>
    /// <returns>True.</returns>
    public bool RememberClock()
    {
        NamedCounters.WriteClock(_clock.Memory);
        return true;
    }

    /// <summary>Reads one number off the writing connection, for instance a pragma that belongs to it.</summary>
    public long Read(string sql)
    {
        using var statement = new Statement(_connection, sql);
        return statement.ReadInt64() ?? 0;
    }

    /// <summary>Pages of the database, those in the WAL included.</summary>
    public long Pages() => _pages.ReadInt64() ?? 0;

    /// <summary>How many pages went into the WAL since this was last asked.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(_connection.Handle!, raw.SQLITE_DBSTATUS_CACHE_WRITE, out int pages, out _, 1);
        return pages;
    }

    /// <summary>Gives unused pages back to the file system; inside a transaction like any write.</summary>
    public void Shrink(int pages)
    {
        using var statement = new Statement(_connection, $"pragma incremental_vacuum({pages.ToString(System.Globalization.CultureInfo.InvariantCulture)})");
        _ = statement.ReadAll(static _ => 0);
    }

    /// <summary>Adds a line to the delivery log. Lines are inserted together before the commit.</summary>
    public void Record(DeliveryLogEntry entry, DateTimeOffset? receivedAt = null, DateTimeOffset? queuedAt = null) =>
        _lines.Add(new NewLine(entry, receivedAt, queuedAt, Columns.CountedFrom(entry.At, Now)));

    /// <summary>Puts an event on the queue, unless its message id was seen before.</summary>
    public void AddEvent(EventEnvelope envelope, byte[] key, ClockReading now)
    {
        if (Seen.TryAdd(key, now, Counters.NextSequence))
        {
            _added.Add(new NewEvent(Counters.NextSequence, envelope));
            _addedBytes += envelope.Body.Length;
            if (_addedBytes > MostBytesTogether)
            {
                InsertAdded();
            }

            if (envelope.NotBefore is null)
            {
                Counters.EventAdded(envelope.Lane);
            }
            else
            {
                Counters.EventKept();
            }
        }
    }

    /// <summary>Removes an event, and counts it.</summary>
    public bool RemoveEvent(long sequence, Lane lane)
    {
        bool wasThere = Events.Delete(sequence);
        if (wasThere)
        {
            Counters.EventRemoved(lane);
        }

        return wasThere;
    }

    /// <summary>Carries out an attempt's settlement, logs the attempt and counts it.</summary>
    public void Settle(ReceivedEvent received, DeliveryAttempt attempt)
    {
        EventEnvelope envelope = received.Envelope;
        DeliveryLogEntry entry = DeliveryLogEntry.Of(attempt);
        switch (attempt.Settlement)
        {
            case Settlement.Complete complete when RemoveEvent(received.SequenceNumber, envelope.Lane):
                End(envelope, attempt);
                if (complete.Repeat is { } repeat)
                {
                    AddEvent(repeat, MessageKey.Of(repeat), Now);
                }

                break;
            case Settlement.Complete:
                // It was taken off the queue meanwhile, and the log knows.
                return;
            case Settlement.DeadLetter dead:
                ClockReading now = Now;
                entry = entry with { At = now.Wall };
                DeadLetters.InsertFromQueue(received.SequenceNumber, dead, now, new FailureHistory(attempt.Attempts, attempt.FirstFailedAt));
                if (!RemoveEvent(received.SequenceNumber, envelope.Lane))
                {
                    return;
                }

                Counters.DeadLetterAdded(dead.Reason);
                End(envelope, attempt);
                break;
            case Settlement.Release release:
                Events.KeepHistory(received.SequenceNumber, release.History);
                Events.Unclaim(received.SequenceNumber);
                break;
            default:
                throw new UnreachableException();
        }

        Record(entry, envelope.ReceivedAt, envelope.QueuedAt);
    }

    private void End(EventEnvelope envelope, DeliveryAttempt attempt)
    {
        if (envelope.ReplayRun is { } run)
        {
            Replays.AddEnd(run, attempt);
        }

        Counters.Ended(attempt);
    }

    /// <summary>Removes dead letters, after <paramref name="before"/> did with each what is to be done, and logs it.</summary>
    public DeadLetterBatch RemoveDeadLetters(
        IReadOnlyList<long> ids, EventStep step, Action<DeadLetterKey>? before = null)
    {
        List<DeadLetterKey> found = [];
        List<long> notFound = [];
        foreach (long id in ids)
        {
            if (DeadLetters.FindKey(id) is not { } deadLetter)
            {
                notFound.Add(id);
                continue;
            }

            before?.Invoke(deadLetter);
            RemoveDeadLetter(deadLetter);
            Record(new DeliveryLogEntry
            {
                At = Now.Wall,
                EventId = deadLetter.EventId,
                Kind = deadLetter.Kind,
                Lane = deadLetter.Partition.Lane,
                Step = step,
                Reason = deadLetter.Reason.ToCode(),
                Attempts = deadLetter.Attempts,
            });
            found.Add(deadLetter);
        }

        return new DeadLetterBatch(found, notFound);
    }

    /// <summary>Removes a dead letter, and counts it.</summary>
    public void RemoveDeadLetter(DeadLetterKey deadLetter)
    {
        DeadLetters.Delete(deadLetter.Id);
        Counters.DeadLetterRemoved(deadLetter.Reason);
    }

    public void Begin() => _begin.Execute();

    public void Commit()
    {
        InsertAdded();
        Log.Insert(CollectionsMarshal.AsSpan(_lines));
        Counters.Save(NamedCounters);
        Seen.Seal();
        _commit.Execute();
        Forget();
        Counters.Publish();
        Seen.Publish(Counters.NextSequence - 1);
    }

    public void Rollback()
    {
        Forget();
        Counters.Restore();
        Seen.Restore();

        // After a full disk or an I/O error SQLite may have rolled back by itself.
        if (raw.sqlite3_get_autocommit(_connection.Handle!) == 0)
        {
            _rollback.Execute();
        }
    }

    public void Dispose()
    {
        _begin.Dispose();
        _commit.Dispose();
        _rollback.Dispose();
        _pages.Dispose();
        _tables.Dispose();
    }

    private void InsertAdded()
    {
        Events.Insert(CollectionsMarshal.AsSpan(_added));
        _added.Clear();
        _addedBytes = 0;
    }

    private void Forget()
    {
        _added.Clear();
        _addedBytes = 0;
        _lines.Clear();
    }
}

/// <summary>What became of a few dead letters.</summary>
/// <param name="Found">Those that were there, and are not any more.</param>
/// <param name="NotFound">Ids that are not there.</param>
internal sealed record DeadLetterBatch(IReadOnlyList<DeadLetterKey> Found, IReadOnlyList<long> NotFound)
{
    public int Identifies => Found.Count(deadLetter => deadLetter.Kind is EventKind.Identify);
}
