using CustomerIoDestination.SqliteQueue.Tables;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>A reading connection with its prepared statements. Used by one caller at a time.</summary>
internal sealed class Reader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _freePages;

    public Reader(string path)
    {
        _connection = Database.OpenForReading(path);
        Events = new EventReads(_connection);
        DeadLetters = new DeadLetterReads(_connection);
        Log = new DeliveryLogReads(_connection);
        Seen = new SeenReads(_connection);
        _freePages = new Statement(_connection, "pragma freelist_count");
    }

    public EventReads Events { get; }

    public DeadLetterReads DeadLetters { get; }

    public DeliveryLogReads Log { get; }

    public SeenReads Seen { get; }

    /// <summary>Pages of the file that hold nothing.</summary>
    public long FreePages() => _freePages.ReadInt64() ?? 0;

    public void Dispose()
    {
        _freePages.Dispose();
        Events.Dispose();
        DeadLetters.Dispose();
        Log.Dispose();
        Seen.Dispose();
        _connection.Dispose();
    }
}
