using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>
/// Copies the WAL into the database while the writer goes on. Under steady load such a copy never catches up with the end, so the WAL would
/// grow for ever; past a size the writer does the rest itself before it goes on, and begins the WAL anew. So the WAL is no longer than that
/// size and one transaction, unless another program reads the file for long.
/// </summary>
internal sealed class Checkpoints : IDisposable
{
    /// <summary>Pages in the WAL at which the writer pauses: 32 MB, which a start after a crash reads back in a fraction of a second.</summary>
    private const int PauseAtPages = 8 * 1024;

    /// <summary>Pages that are worth a checkpoint: 4 MB.</summary>
    private const int WorthwhilePages = 1024;

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _due = new(0, 1);

    // The connection serves one checkpoint at a time: those beside the writer, and those on its thread.
    private readonly Lock _one = new();
    private long _written;
    private long _writtenAtSignal;
    private long _writtenAtPause;

    // Pages written before the WAL's present first one.
    private long _writtenAtStart;

    public Checkpoints(string path) => _connection = Database.OpenForCheckpoints(path);

    /// <summary>Follows the writer until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _due.WaitAsync(cancellationToken);
            Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
        }
    }

    /// <summary>
    /// The writer has written pages, and is between two transactions. By pages and not by what commands weigh: a small settlement changes several,
    /// and overwrites what it deletes.
    /// </summary>
    public void Wrote(int pages)
    {
        long written = Interlocked.Add(ref _written, pages);

        // One that a reader kept from finishing is not repeated until it has more to do, or the writer would stand still.
        if (written - Interlocked.Read(ref _writtenAtStart) >= PauseAtPages && written - _writtenAtPause >= WorthwhilePages)
        {
            _writtenAtPause = written;
            Checkpoint(raw.SQLITE_CHECKPOINT_RESTART);
        }
        else if (written - _writtenAtSignal >= WorthwhilePages && _due.CurrentCount == 0)
        {
            _writtenAtSignal = written;
            _due.Release();
        }
    }

    /// <summary>Empties the WAL, so that nothing deleted is left in it, and no space taken. Only between two transactions.</summary>
    /// <returns>False when a reader or a full disk kept it from that.</returns>
    public bool Truncate() => Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);

    public void Dispose()
    {
        _connection.Dispose();
        _due.Dispose();
    }

    private bool Checkpoint(int mode)
    {
        lock (_one)
        {
            long written = Interlocked.Read(ref _written);
            bool finished = raw.sqlite3_wal_checkpoint_v2(_connection.Handle!, "main", mode, out int pages, out _) == raw.SQLITE_OK;
            bool restarts = finished && mode != raw.SQLITE_CHECKPOINT_PASSIVE;
            Interlocked.Exchange(ref _writtenAtStart, written - (restarts ? 0 : Math.Max(0, pages)));
            return finished;
        }
    }
}
