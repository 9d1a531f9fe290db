using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Writing;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Upkeep;

/// <summary>
/// Copies the WAL into the database while the writer goes on. Under steady load such a copy never catches up with the end, so the WAL would
/// grow for ever; past a size the writer pauses for the rest, which is short by then.
/// </summary>
internal sealed class Checkpoints : IDisposable
{
    /// <summary>Pages in the WAL at which the writer pauses: 64 MB, which a start after a crash reads back in a fraction of a second.</summary>
    private const int PauseAtPages = 16 * 1024;

    private readonly SqliteConnection _connection;
    private readonly Writer _writer;

    // The connection serves one checkpoint at a time: passive ones here, the others on the writer's thread.
    private readonly SemaphoreSlim _one = new(1);

    public Checkpoints(string path, Writer writer)
    {
        _connection = Database.OpenForCheckpoints(path);
        _writer = writer;
    }

    /// <summary>Follows the writer until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await _writer.CheckpointDue.WaitAsync(cancellationToken);
            await _one.WaitAsync(cancellationToken);
            try
            {
                if (Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE) >= PauseAtPages)
                {
                    await PauseForAsync(raw.SQLITE_CHECKPOINT_RESTART);
                }
            }
            finally
            {
                _one.Release();
            }
        }
    }

    /// <summary>Empties the WAL, so that nothing deleted is left in it.</summary>
    public async Task TruncateAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            await PauseForAsync(raw.SQLITE_CHECKPOINT_TRUNCATE);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose()
    {
        _connection.Dispose();
        _one.Dispose();
    }

    private Task<int> PauseForAsync(int mode) => _writer.WriteAsync(new WriteWork<int>(_ => Checkpoint(mode), runsAlone: true));

    /// <returns>Pages in the WAL. A checkpoint that a reader or a full disk kept from finishing is made up for by the next one.</returns>
    private int Checkpoint(int mode)
    {
        _ = raw.sqlite3_wal_checkpoint_v2(_connection.Handle!, "main", mode, out int pages, out _);
        return pages;
    }
}
