using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>A connection with the tables' prepared statements, and its owner. Used by one caller at a time.</summary>
internal sealed class TableSet : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _freePages;

    public TableSet(SqliteConnection connection)
    {
        _connection = connection;
        Events = new EventTable(connection);
        DeadLetters = new DeadLetterTable(connection);
        Log = new DeliveryLogTable(connection);
        NamedCounters = new CounterTable(connection);
        Seen = new SeenTable(connection, NamedCounters);
        Replays = new ReplayTable(connection);
        People = new PersonTable(connection);
        _freePages = new Statement(connection, "pragma freelist_count");
    }

    public EventTable Events { get; }

    public DeadLetterTable DeadLetters { get; }

    public DeliveryLogTable Log { get; }

    public SeenTable Seen { get; }

    public CounterTable NamedCounters { get; }

    public ReplayTable Replays { get; }

    public PersonTable People { get; }

    /// <summary>Pages of the file that hold nothing.</summary>
    public long FreePages() => _freePages.ReadInt64() ?? 0;

    public void Dispose()
    {
        _freePages.Dispose();
        Events.Dispose();
        DeadLetters.Dispose();
        Log.Dispose();
        Seen.Dispose();
        NamedCounters.Dispose();
        Replays.Dispose();
        People.Dispose();
        _connection.Dispose();
    }
}
