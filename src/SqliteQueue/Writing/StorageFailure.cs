using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>Tells the disk's failures, which end by themselves or by somebody's hand, from failures of one command.</summary>
internal static class StorageFailure
{
    public static bool Is(Exception exception) => exception is SqliteException
    {
        SqliteErrorCode: raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_BUSY
            or raw.SQLITE_LOCKED or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL or raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB,
    };

    /// <summary>A bounded code for answers and logs.</summary>
    public static string CodeOf(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => "queue_full",
        QueueClosedException => "queue_closed",
        _ => "queue_unwritable",
    };
}

/// <summary>The queue file was closed before the write was made.</summary>
internal sealed class QueueClosedException() : InvalidOperationException("The queue file is closed.");
