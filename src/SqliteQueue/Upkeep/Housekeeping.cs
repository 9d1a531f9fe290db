using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Upkeep;

/// <summary>
/// What nobody waits for: lets events go whose time has come, forgets what was kept long enough (<see cref="Retention"/>), empties the WAL, gives pages back. Every step is small commits, so
/// that deliveries pass between them.
/// </summary>
internal sealed partial class Housekeeping(
    ReaderPool readers,
    Writer writer,
    Checkpoints checkpoints,
    Reserve reserve,
    FileGuard guard,
    Retention retention,
    PartitionLeases leases,
    TimeProvider timeProvider,
    ILogger logger) : IDisposable
{
    private const int PagesPerCommit = 500;
    private const int MaxPagesWorthShrinking = 2_000;
    private const int ShrinkingCommits = 20;
    private const int DuePerCommit = 100;
    private const int ShallowQueue = 1_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongInterval = TimeSpan.FromHours(1);

    // On a small disk less is worth it: 8 MB, or an eighth of the reserve.
    private readonly long _pagesWorthShrinking = Math.Min(MaxPagesWorthShrinking, reserve.Bytes / 8 / Database.PageBytes);
    private readonly SemaphoreSlim _turn = new(1);
    private long _commitsAtTruncation = -1;
    private long _truncatedAt = timeProvider.GetTimestamp();
    private string? _failed;

    private long Depth => writer.Counters.Depth(Lane.Live) + writer.Counters.Depth(Lane.Import);

    /// <summary>Does its turn each second until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Interval, timeProvider, cancellationToken);
            try
            {
                await TakeTurnAsync(cancellationToken);
                _failed = null;
            }
            catch (Exception e) when (e is QueueClosedException or ObjectDisposedException || cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Nobody would notice that it ended: it must outlive any trouble of the file.
            catch (Exception e)
#pragma warning restore CA1031
            {
                SayOnce(e);
            }
        }
    }

    /// <summary>Does everything once; never twice at a time.</summary>
    public async Task TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await guard.LookAsync(cancellationToken);
            await LetGoAsync(cancellationToken);
            await retention.TakeTurnAsync(cancellationToken);
            await ShrinkAsync(cancellationToken);
            await TruncateAsync();
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Repeats of merges wait for their time, which is judged by the wall clock: an early or late one does no harm.</summary>
    private async Task LetGoAsync(CancellationToken cancellationToken)
    {
        List<DueEvent> due;
        do
        {
            due = await readers.ReadAsync(tables => tables.Events.ReadDue(timeProvider.GetUtcNow(), MappingSettings.LongestRepeat, DuePerCommit), cancellationToken);
            if (due.Count > 0)
            {
                await writer.WriteAsync(new LetGoCommand(due, leases));
            }
        }
        while (due.Count == DuePerCommit);
    }

    /// <summary>After a backlog the file is given back to the disk; while one lies there its pages will be needed again.</summary>
    private async Task ShrinkAsync(CancellationToken cancellationToken)
    {
        for (int commit = 0; commit < ShrinkingCommits && Depth < ShallowQueue
            && await readers.ReadAsync(static reader => reader.FreePages(), cancellationToken) > _pagesWorthShrinking; commit++)
        {
            await writer.WriteAsync(new WriteWork<bool>(static session =>
            {
                session.Shrink(PagesPerCommit);
                return true;
            }));
        }
    }

    /// <summary>Deleted bodies must leave the WAL too: when the queue ran empty, and in any case each hour.</summary>
    private async Task TruncateAsync()
    {
        long commits = writer.Commits;
        if (commits == _commitsAtTruncation || !(Depth == 0 || timeProvider.GetElapsedTime(_truncatedAt) >= LongInterval))
        {
            return;
        }

        if (!await writer.WriteAsync(new WriteWork<bool>(_ => checkpoints.Truncate(), runsAlone: true)))
        {
            return;
        }

        _commitsAtTruncation = commits;
        _truncatedAt = timeProvider.GetTimestamp();
    }

    public void Dispose() => _turn.Dispose();

    private void SayOnce(Exception exception)
    {
        string code = exception is SqliteException sqlite
            ? string.Create(CultureInfo.InvariantCulture, $"sqlite_{sqlite.SqliteExtendedErrorCode}")
            : exception.GetType().Name;
        if (code != _failed)
        {
            _failed = code;
            Log.TurnFailed(logger, code);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "Housekeeping of the queue file failed ({Code}); it is tried again each second.")]
        public static partial void TurnFailed(ILogger logger, string code);
    }
}

/// <summary>Looks each second whether the queue's file is where it was, whole and readable, and whether the lock beside it is held; says once what is wrong.</summary>
internal sealed partial class FileGuard(FileLock fileLock, FileWatch watch, Checkpoints checkpoints, ReaderPool readers, string path, ILogger logger)
{
    // Twice what the WAL keeps: without a reader that stays it is never that long.
    private const long LongWal = 2 * Database.WalBytesKept;

    private volatile bool _cannotRead;
    private bool _isTold;
    private long _walTold;

    /// <summary>Whether the file is there and could be read when it was looked at last.</summary>
    public bool IsWell => !IsLost && !_cannotRead;

    /// <summary>Whether it was deleted, moved, replaced or cut.</summary>
    public bool IsLost => watch.Trouble is not FileTrouble.None;

    /// <summary>Looks.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        watch.LookForNames();
        checkpoints.LookAtLengths();
        fileLock.HoldAgain();
        Tell();
        TellOfWal(watch.WalBytes);
        try
        {
            _ = await readers.ReadAsync(static tables => tables.Events.First(), cancellationToken);
            _cannotRead = false;
        }
        catch (SqliteException)
        {
            _cannotRead = true;
            throw;
        }
    }

    /// <summary>Warns where the file lies on a network: nothing there keeps a second machine's host out.</summary>
    /// <param name="mounts">The system's table of mounts.</param>
    public void TellOfNetwork(string mounts)
    {
        if (NetworkFileSystem.Under(mounts, path) is { } type)
        {
            Log.OnNetwork(logger, path, type);
        }
    }

    /// <summary>Says it when the WAL is long, at each doubling again, and when it is short again.</summary>
    private void TellOfWal(long bytes)
    {
        if (bytes >= Math.Max(LongWal, 2 * _walTold))
        {
            _walTold = bytes;
            Log.LongWal(logger, path, bytes / (1024 * 1024));
        }
        else if (_walTold > 0 && bytes < LongWal)
        {
            _walTold = 0;
            Log.ShortWal(logger, path);
        }
    }

    private void Tell()
    {
        if (_isTold || watch.Trouble is FileTrouble.None)
        {
            return;
        }

        _isTold = true;
        if (watch.Trouble is FileTrouble.Gone)
        {
            Log.Gone(logger, path);
        }
        else
        {
            Log.Cut(logger, path);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(21, LogLevel.Error,
            "The queue's file '{Path}' or its -wal was deleted, moved or replaced while this host works on it. Events are refused from now on (queue_file_lost). What it held is delivered as "
            + "long as this host runs and is lost when it stops: let it run until the queue is empty, then start it again.")]
        public static partial void Gone(ILogger logger, string path);

        [LoggerMessage(22, LogLevel.Error,
            "The queue's file '{Path}' or its -wal was cut shorter by something else while this host works on it. Events are refused from now on (queue_file_lost). What can still be read is "
            + "delivered; partitions that can't be are in the status. Then stop this host, move the file away and start it again.")]
        public static partial void Cut(ILogger logger, string path);

        [LoggerMessage(23, LogLevel.Warning,
            "The queue's file '{Path}' lies on a network file system ({Type}). One host alone may work on it: there is no certain lock against a host on another machine. A disk of this machine is "
            + "safer, and faster.")]
        public static partial void OnNetwork(ILogger logger, string path, string type);

        [LoggerMessage(24, LogLevel.Warning,
            "The write-ahead log '{Path}-wal' has grown to {Megabytes} MB, because another program has had the queue's file open for reading for long (a shell, a backup): end it. Nothing is lost, but "
            + "what was delivered stays readable in it, and a full disk refuses events (queue_full).")]
        public static partial void LongWal(ILogger logger, string path, long megabytes);

        [LoggerMessage(25, LogLevel.Information, "The write-ahead log '{Path}-wal' is short again.")]
        public static partial void ShortWal(ILogger logger, string path);
    }
}
