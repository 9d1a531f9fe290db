using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tables;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Upkeep;

/// <summary>Looks each second whether the queue's file is where it was, whole and readable, and whether the lock beside it is held; says once what is wrong.</summary>
internal sealed partial class FileGuard(FileLock fileLock, FileWatch watch, Checkpoints checkpoints, ReaderPool readers, string path, ILogger logger)
{
    private volatile bool _cannotRead;
    private bool _isTold;

    /// <summary>Whether the file is there and could be read when it was looked at last.</summary>
    public bool IsWell => watch.Trouble is FileTrouble.None && !_cannotRead;

    /// <summary>Looks.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        watch.LookForNames();
        checkpoints.LookAtLengths();
        fileLock.HoldAgain();
        Tell();
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
    }
}
