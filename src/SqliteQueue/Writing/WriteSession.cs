using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>The writing connection with its tables and its transaction. Used by the writer's thread alone.</summary>
internal sealed class WriteSession : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly SteadyClock _clock;

    public WriteSession(SqliteConnection connection, SteadyClock clock)
    {
        _connection = connection;
        _clock = clock;
        _begin = new Statement(connection, "begin immediate");
        _commit = new Statement(connection, "commit");
        _rollback = new Statement(connection, "rollback");
        Events = new EventTable(connection);
        Seen = new SeenTable(connection);
        DeadLetters = new DeadLetterTable(connection);
        Log = new DeliveryLogTable(connection);
        NamedCounters = new CounterTable(connection);
        Counters.Load(NamedCounters);
    }

    public EventTable Events { get; }

    public SeenTable Seen { get; }

    public DeadLetterTable DeadLetters { get; }

    public DeliveryLogTable Log { get; }

    public CounterTable NamedCounters { get; }

    public Counters Counters { get; } = new();

    /// <summary>What everything the file forgets by age is stamped with, and measured by.</summary>
    public DateTimeOffset Now => _clock.UtcNow;

    /// <summary>Reads one number off the writing connection, for instance a pragma that belongs to it.</summary>
    public long Read(string sql)
    {
        using var statement = new Statement(_connection, sql);
        return statement.ReadInt64() ?? 0;
    }

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

    public void Begin() => _begin.Execute();

    public void Commit()
    {
        Counters.Save(NamedCounters);
        _commit.Execute();
        Counters.Publish();
    }

    public void Rollback()
    {
        Counters.Restore();

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
        Events.Dispose();
        Seen.Dispose();
        DeadLetters.Dispose();
        Log.Dispose();
        NamedCounters.Dispose();
        _connection.Dispose();
    }
}
