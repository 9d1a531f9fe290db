using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>Writes commands in one transaction, all or none, and tells health and checkpoints of it. Used by the writer's thread alone.</summary>
internal sealed class Transactions(WriteSession session, Checkpoints checkpoints, StorageHealth health, Admission admission)
{
    private long _commits;

    /// <summary>Those that were committed since the start.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Writes them. What can't be refused gets the reserve's room when it finds none.</summary>
    /// <returns>What went wrong; null when all are on disk.</returns>
    public Exception? TryCommit(IReadOnlyList<IWriteCommand> group)
    {
        Exception? failure = TryOnce(group);
        if (failure is not null && StorageFailure.IsFull(failure) && !group.Any(static command => command.IsRefusable) && admission.MakeRoom())
        {
            failure = TryOnce(group);
        }

        // Settlements may fit where an enqueue does not.
        if (failure is null && health.IsFailing && group.Any(static command => !command.OutlastsStorageFailure) && admission.HasRoomAgain())
        {
            health.Worked();
        }

        return failure;
    }

    private Exception? TryOnce(IReadOnlyList<IWriteCommand> group)
    {
        try
        {
            session.Begin();
            foreach (IWriteCommand command in group)
            {
                command.Apply(session);
            }

            session.Commit();
        }
        catch (Exception exception)
        {
            return RollBack(exception);
        }

        Interlocked.Increment(ref _commits);
        foreach (IWriteCommand command in group)
        {
            command.Committed();
        }

        checkpoints.Wrote(session.TakePagesWritten());
        return null;
    }

    private Exception RollBack(Exception exception)
    {
        try
        {
            session.Rollback();
        }
        catch (SqliteException)
        {
            // The error that led here is the one to tell; the next begin shows whether the connection recovered.
        }

        if (StorageFailure.Is(exception))
        {
            health.Failed(exception);
        }

        return exception;
    }
}

/// <summary>Whether the writer may take something new now, and the room it has for what can't be refused. Used by the writer's thread alone.</summary>
internal sealed class Admission(WriteSession session, Checkpoints checkpoints, FileWatch watch, Reserve reserve, StorageHealth health)
{
    /// <summary>Answers those of a group that can't be taken now, and leaves the others in it.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Refuse(List<IWriteCommand> group)
    {
        if (!group.Exists(static command => command.MustLast))
        {
            return false;
        }

        long weight = group.Sum(static command => command.IsRefusable ? (long)command.Weight : 0);
        if ((weight > 0 ? WhyNot(weight) : WhyNothingLasts()) is not { } reason)
        {
            return false;
        }

        health.Failed(reason);
        List<IWriteCommand> refused = group.FindAll(command => reason is QueueFileLostException ? command.MustLast : command.IsRefusable);
        group.RemoveAll(refused.Contains);
        refused.ForEach(command => command.Failed(reason));
        return true;
    }

    /// <summary>Why something new is not taken; null when it is.</summary>
    /// <param name="weight">How many bytes it weighs.</param>
    public Exception? WhyNot(long weight)
    {
        if (WhyNothingLasts() is { } lost)
        {
            return lost;
        }

        // The WAL may hold what is missing.
        return LeavesRoom(weight) || (checkpoints.Truncate() && LeavesRoom(weight)) ? null : new NoRoomException();
    }

    /// <summary>Whether there is so much room that not every other enqueue is refused.</summary>
    public bool HasRoomAgain() => WhyNot(reserve.Bytes / 16) is null;

    /// <summary>Takes the reserve's room up again, if there is enough.</summary>
    /// <returns>Whether it is held.</returns>
    public bool TryHoldReserve() => reserve.TryHold();

    /// <summary>Makes room for what can't be refused: gives the reserve to it, copies the WAL and empties it.</summary>
    /// <returns>Whether there is more room than before.</returns>
    public bool MakeRoom() => reserve.Release() | checkpoints.Truncate();

    private QueueFileLostException? WhyNothingLasts()
    {
        watch.LookForNames();
        checkpoints.LookAtLengths();
        return watch.Trouble is FileTrouble.None ? null : new QueueFileLostException();
    }

    private bool LeavesRoom(long weight) => reserve.LeavesRoom(weight, () => checkpoints.Unwritten(session.Pages()));
}

/// <summary>
/// Whether the disk takes writes; while it does not, calls for another try each second, however often it fails meanwhile. Says so once when it begins
/// and once when it ends.
/// </summary>
internal sealed partial class StorageHealth : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger;
    private readonly ITimer _retryTimer;
    private volatile bool _isFailing;
    private volatile bool _isRetryDue;
    private int _isWaiting;

    public StorageHealth(Action retry, TimeProvider timeProvider, ILogger logger)
    {
        _logger = logger;
        _retryTimer = timeProvider.CreateTimer(_ => FallDue(retry), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool IsFailing => _isFailing;

    public void Failed(Exception exception)
    {
        if (!_isFailing)
        {
            Tell(exception);
        }

        _isFailing = true;
        RetryLater();
    }

    /// <summary>Another try is due a second after the first of such calls.</summary>
    public void RetryLater()
    {
        if (Interlocked.Exchange(ref _isWaiting, 1) == 0)
        {
            _retryTimer.Change(RetryInterval, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Whether another try is due now; says so once.</summary>
    public bool TakeRetry()
    {
        bool isDue = _isRetryDue && _isFailing;
        _isRetryDue = false;
        return isDue;
    }

    public void Worked()
    {
        if (_isFailing)
        {
            _isFailing = false;
            Log.WriteRecovered(_logger);
        }
    }

    public ValueTask DisposeAsync() => _retryTimer.DisposeAsync();

    // Whoever looks after the file says what became of it.
    private void Tell(Exception exception)
    {
        if (exception is NoRoomException)
        {
            Log.NoRoom(_logger);
        }
        else if (exception is not QueueFileLostException)
        {
            Log.WriteFailed(_logger, StorageFailure.CodeOf(exception), exception);
        }
    }

    private void FallDue(Action retry)
    {
        Volatile.Write(ref _isWaiting, 0);
        _isRetryDue = true;
        retry();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "The queue file could not be written ({Code}); it is tried again each second.")]
        public static partial void WriteFailed(ILogger logger, string code, Exception exception);

        [LoggerMessage(3, LogLevel.Error,
            "The disk has no more room than is kept for settling: events are refused (queue_full) until it has. What waits is delivered meanwhile.")]
        public static partial void NoRoom(ILogger logger);

        [LoggerMessage(2, LogLevel.Information, "The queue file can be written again.")]
        public static partial void WriteRecovered(ILogger logger);
    }
}

/// <summary>Tells the disk's failures, which end by themselves or by somebody's hand, from failures of one command.</summary>
internal static class StorageFailure
{
    public static bool Is(Exception exception) => exception is NoRoomException or QueueFileLostException or SqliteException
    {
        SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY
            or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB,
    };

    /// <summary>Whether there is no room on the disk.</summary>
    public static bool IsFull(Exception exception) => exception is NoRoomException or SqliteException { SqliteErrorCode: raw.SQLITE_FULL };

    /// <summary>A bounded code for answers and logs.</summary>
    public static string CodeOf(Exception exception) => exception switch
    {
        _ when IsFull(exception) => "queue_full",
        QueueFileLostException => "queue_file_lost",
        QueueClosedException => "queue_closed",
        _ => "queue_unwritable",
    };
}

/// <summary>What is left on the disk is reserved for settling.</summary>
internal sealed class NoRoomException() : InvalidOperationException("What is left on the disk is kept for settling.");

/// <summary>Somebody deleted, moved, replaced or cut the queue's file.</summary>
internal sealed class QueueFileLostException() : InvalidOperationException("The queue's file was deleted, moved, replaced or cut.");

/// <summary>The queue file was closed before the write was made.</summary>
internal sealed class QueueClosedException() : InvalidOperationException("The queue file is closed.");
