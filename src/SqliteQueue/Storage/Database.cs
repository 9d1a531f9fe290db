using System.Buffers.Binary;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>Opens connections to the queue file, after checking that it is one, and creates it where there is none.</summary>
internal static class Database
{
    /// <summary>How big a page of a queue file is: SQLite's default.</summary>
    public const int PageBytes = 4096;

    /// <summary>The least that the connection that writes keeps of pages in memory.</summary>
    public const int CacheBytes = 32 * 1024 * 1024;

    private const int HeaderBytes = 100;
    private const int UserVersionOffset = 60;
    private const int ApplicationIdOffset = 68;

    /// <summary>What the WAL's file keeps when it begins anew, to be overwritten: its ordinary size. One great transaction must not keep its space for ever.</summary>
    public const int WalBytesKept = 40 * 1024 * 1024;

    /// <summary>The connection that writes.</summary>
    /// <param name="path">The file itself.</param>
    /// <param name="file">A handle on it.</param>
    /// <param name="cacheBytes">How many bytes of pages it keeps in memory, if that is more than <see cref="CacheBytes"/>.</param>
    /// <exception cref="QueueFileException">The file can't be used; it is as it was.</exception>
    public static SqliteConnection OpenForWriting(string path, SafeFileHandle file, long cacheBytes)
    {
        SqliteConnection? connection = null;
        try
        {
            CheckHeader(path, file);
            connection = Connect(path);
            CreateOrCheck(path, connection);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, NewFile.OwnerOnly);
            }

            // The fsync of each commit is what a 202 stands on; fullfsync makes macOS mean it too. Checkpoints have their own connection,
            // so that no commit pays for one. secure_delete overwrites what is deleted: bodies are healthcare data.
            Execute(connection, $"""
                pragma journal_mode = wal;
                pragma synchronous = full;
                pragma fullfsync = on;
                pragma secure_delete = on;
                pragma wal_autocheckpoint = 0;
                pragma journal_size_limit = {WalBytesKept.ToString(CultureInfo.InvariantCulture)};
                pragma cache_size = -{(Math.Max(CacheBytes, cacheBytes) / 1024).ToString(CultureInfo.InvariantCulture)};
                """);
            CheckLength(path, connection, file);
            Upgrade(connection);
            return connection;
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            throw Translate(path, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw QueueFileException.Unwritable(path, e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>A connection that only reads. Its cache is small: every commit of the writer empties it.</summary>
    public static SqliteConnection OpenForReading(string path)
    {
        SqliteConnection connection = Connect(path);
        Execute(connection, "pragma query_only = on; pragma cache_size = -1024;");
        return connection;
    }

    /// <summary>The connection that copies the WAL into the database.</summary>
    public static SqliteConnection OpenForCheckpoints(string path)
    {
        SqliteConnection connection = Connect(path);

        // Nobody in this process reads for longer than that, and the writer waits with it.
        Execute(connection, "pragma synchronous = full; pragma checkpoint_fullfsync = on; pragma cache_size = -1024; pragma busy_timeout = 250;");
        return connection;
    }

    public static QueueFileException Translate(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new QueueFileException(QueueFileError.InUse, path, "another program has it open.", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR => new QueueFileException(QueueFileError.Corrupt, path, "SQLite can't read it.", e),
        _ => new QueueFileException(QueueFileError.Unwritable, path, $"SQLite failed with code {e.SqliteExtendedErrorCode.ToString(CultureInfo.InvariantCulture)}.", e),
    };

    private static SqliteConnection Connect(string path)
    {
        _ = Native.Prepare();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "pragma busy_timeout = 5000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Judges a file by its first bytes, before SQLite touches it.</summary>
    private static void CheckHeader(string path, SafeFileHandle file)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        int length = RandomAccess.Read(file, header, 0);

        // A journal beside it means that creating it was cut off: SQLite undoes that first, and what comes out is judged then.
        if (length == 0 || File.Exists(path + "-journal"))
        {
            return;
        }

        if (length < HeaderBytes || !header.StartsWith("SQLite format 3\0"u8))
        {
            throw new QueueFileException(QueueFileError.Corrupt, path, "it does not begin like a SQLite database.");
        }

        CheckIdentity(
            path,
            BinaryPrimitives.ReadInt32BigEndian(header[ApplicationIdOffset..]),
            BinaryPrimitives.ReadInt32BigEndian(header[UserVersionOffset..]));
    }

    private static void CreateOrCheck(string path, SqliteConnection connection)
    {
        long applicationId = Read(connection, "pragma application_id");
        if (applicationId == 0 && Read(connection, "select count(*) from sqlite_schema") == 0)
        {
            CreateTables(connection);
            return;
        }

        CheckIdentity(path, applicationId, Read(connection, "pragma user_version"));
    }

    private static void CheckIdentity(string path, long applicationId, long version)
    {
        if (applicationId != Schema.ApplicationId)
        {
            throw new QueueFileException(QueueFileError.NotAQueue, path, "it carries another application's mark.");
        }

        if (version > Schema.Version)
        {
            throw new QueueFileException(
                QueueFileError.NewerVersion,
                path,
                string.Create(CultureInfo.InvariantCulture, $"its schema has version {version}, this program knows {Schema.Version}."));
        }
    }

    /// <summary>
    /// Still with a rollback journal: the marks must be in the file itself, where the next start looks for them, not in a WAL.
    /// auto_vacuum can only be chosen before the first table.
    /// </summary>
    private static void CreateTables(SqliteConnection connection) => Execute(connection, $"""
        pragma auto_vacuum = incremental;
        begin immediate;
        {Schema.Create}
        pragma application_id = {Schema.ApplicationId.ToString(CultureInfo.InvariantCulture)};
        pragma user_version = {Schema.Version.ToString(CultureInfo.InvariantCulture)};
        commit;
        """);

    /// <summary>
    /// Refuses a file that was cut: pages are missing that it says it has. That shows only when nothing of it is in the WAL alone, so where that can't be
    /// copied (a full disk) it is not judged.
    /// </summary>
    private static void CheckLength(string path, SqliteConnection connection, SafeFileHandle file)
    {
        int result = raw.sqlite3_wal_checkpoint_v2(connection.Handle!, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out int inWal, out int copied);
        long bytes = Read(connection, "pragma page_count") * Read(connection, "pragma page_size");
        if (result == raw.SQLITE_OK && inWal == copied && RandomAccess.GetLength(file) < bytes)
        {
            throw new QueueFileException(QueueFileError.Corrupt, path, string.Create(
                CultureInfo.InvariantCulture, $"it has {RandomAccess.GetLength(file)} bytes of {bytes}; the rest was cut off."));
        }
    }

    /// <summary>Brings the tables of an older version up to this one, all or nothing.</summary>
    private static void Upgrade(SqliteConnection connection)
    {
        int version = (int)Read(connection, "pragma user_version");
        if (version == Schema.Version)
        {
            return;
        }

        Execute(connection, $"""
            begin immediate;
            {string.Join('\n', Schema.Upgrades.Skip(version - 1))}
            pragma user_version = {Schema.Version.ToString(CultureInfo.InvariantCulture)};
            commit;
            """);
    }

    private static long Read(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        return statement.ReadInt64() ?? 0;
    }

    private static void Execute(SqliteConnection connection, string sql) =>
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(connection.Handle!, sql), connection.Handle!);
}
