using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
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
    private const int MaxPauseAtPages = 8 * 1024;

    /// <summary>Pages that are worth a checkpoint: 4 MB.</summary>
    private const int MaxWorthwhilePages = 1024;

    private readonly SqliteConnection _connection;
    private readonly FileWatch _watch;
    private readonly int _pauseAtPages;
    private readonly int _worthwhilePages;
    private readonly SemaphoreSlim _due = new(0, 1);

    // The connection serves one checkpoint at a time: those beside the writer, and those on its thread.
    private readonly Lock _one = new();
    private long _written;
    private long _writtenAtSignal;
    private long _writtenAtPause;

    // Pages written before the WAL's present first one.
    private long _writtenAtStart;

    /// <param name="path">The file.</param>
    /// <param name="watch">Looked at before each checkpoint: into a file that was cut nothing is copied.</param>
    /// <param name="reserved">Bytes kept free on the disk. The WAL takes no more than half of them before it is copied.</param>
    public Checkpoints(string path, FileWatch watch, long reserved)
    {
        _connection = Database.OpenForCheckpoints(path);
        _watch = watch;
        _pauseAtPages = (int)Math.Min(MaxPauseAtPages, reserved / 2 / Database.PageBytes);
        _worthwhilePages = Math.Min(MaxWorthwhilePages, _pauseAtPages / 2);
    }

    /// <summary>How many bytes the next checkpoint adds to a database of so many pages.</summary>
    public long Unwritten(long pages) => Math.Max(0, (pages * Database.PageBytes) - _watch.DatabaseBytes);

    /// <summary>Looks at the files' lengths, unless a checkpoint that may change them goes on. Only between two transactions.</summary>
    public void LookAtLengths()
    {
        if (_one.TryEnter())
        {
            try
            {
                _ = _watch.LookAtLengths();
            }
            finally
            {
                _one.Exit();
            }
        }
    }

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
        LookAtLengths();
        long written = Interlocked.Add(ref _written, pages);

        // One that a reader kept from finishing is not repeated until it has more to do, or the writer would stand still.
        if (written - Interlocked.Read(ref _writtenAtStart) >= _pauseAtPages && written - _writtenAtPause >= _worthwhilePages)
        {
            _writtenAtPause = written;
            Checkpoint(raw.SQLITE_CHECKPOINT_RESTART);
        }
        else if (written - _writtenAtSignal >= _worthwhilePages && _due.CurrentCount == 0)
        {
            _writtenAtSignal = written;
            _due.Release();
        }
    }

    /// <summary>Empties the WAL, so that nothing deleted is left in it, and no space taken. Only between two transactions.</summary>
    /// <returns>False when a reader, a full disk or a file that was cut kept it from that.</returns>
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
            if (!_watch.LookAtLengths())
            {
                return false;
            }

            long written = Interlocked.Read(ref _written);
            bool finished = raw.sqlite3_wal_checkpoint_v2(_connection.Handle!, "main", mode, out int pages, out _) == raw.SQLITE_OK;
            bool restarts = finished && mode != raw.SQLITE_CHECKPOINT_PASSIVE;
            Interlocked.Exchange(ref _writtenAtStart, written - (restarts ? 0 : Math.Max(0, pages)));
            _watch.Measure();
            return finished;
        }
    }
}

/// <summary>What happened to the queue's file behind the back of its owner.</summary>
internal enum FileTrouble
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It, or its WAL, was deleted, moved or replaced: what is written now is gone with this process.</summary>
    Gone,

    /// <summary>It, or its WAL, was cut shorter: a part of what it held is gone.</summary>
    Cut,
}

/// <summary>
/// Notices that somebody deletes, moves, replaces or cuts the queue's file or its WAL while the host works on them. SQLite goes on writing then, into a file
/// that nobody will find again. Trouble once seen stays: what is lost does not come back. Only whoever may not be writing or copying meanwhile measures.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    private readonly Watched _database;
    private readonly Watched _wal;
    private readonly FileStream _walFile;
    private volatile FileTrouble _trouble;

    /// <param name="path">The queue's file.</param>
    /// <param name="database">A handle on it.</param>
    /// <exception cref="IOException">There is no WAL: the file must have been written before.</exception>
    public FileWatch(string path, SafeFileHandle database)
    {
        string walPath = path + "-wal";
        _walFile = new FileStream(walPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _database = new Watched(path, database, long.MaxValue);

        // SQLite cuts a long WAL down to that when it begins anew.
        _wal = new Watched(walPath, _walFile.SafeFileHandle, Database.WalBytesKept);
        Measure();
    }

    /// <summary>What was noticed so far.</summary>
    public FileTrouble Trouble => _trouble;

    /// <summary>How long the WAL is.</summary>
    public long WalBytes => RandomAccess.GetLength(_wal.Handle);

    /// <summary>How long the database is.</summary>
    public long DatabaseBytes => RandomAccess.GetLength(_database.Handle);

    /// <summary>Looks whether the files are where they were.</summary>
    public void LookForNames()
    {
        if (_trouble is FileTrouble.None && !(_database.IsThere() && _wal.IsThere()))
        {
            _trouble = FileTrouble.Gone;
        }
    }

    /// <summary>Looks whether the files are as long as they were left, and takes their growth down.</summary>
    /// <returns>Whether all is well.</returns>
    public bool LookAtLengths()
    {
        if (_trouble is FileTrouble.None && !(_database.IsWhole() && _wal.IsWhole()))
        {
            _trouble = FileTrouble.Cut;
        }

        Measure();
        return _trouble is FileTrouble.None;
    }

    /// <summary>Takes the lengths down after a checkpoint, which may shorten both.</summary>
    public void Measure()
    {
        _database.Measure();
        _wal.Measure();
    }

    public void Dispose() => _walFile.Dispose();

    private sealed class Watched(string path, SafeFileHandle handle, long shortest)
    {
        // Where the system tells it, the name an open file has now; a file that was deleted or replaced has another.
        private readonly string? _name = NameOf(handle);
        private long _length;

        public SafeFileHandle Handle => handle;

        public bool IsThere() => _name is null ? File.Exists(path) : NameOf(handle) == _name;

        public bool IsWhole() => RandomAccess.GetLength(handle) >= _length;

        public void Measure() => _length = Math.Min(RandomAccess.GetLength(handle), shortest);

        private static string? NameOf(SafeFileHandle handle) =>
            OperatingSystem.IsLinux() ? new FileInfo($"/proc/self/fd/{handle.DangerousGetHandle()}").LinkTarget : null;
    }
}
