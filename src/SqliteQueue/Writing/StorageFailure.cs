using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Writing;

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
