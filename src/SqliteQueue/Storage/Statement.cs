using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>
/// One statement, prepared once and used again and again on one connection. Not thread-safe, like the connection.
/// It goes straight to SQLite because a <see cref="SqliteCommand"/> looks its parameters up by name, boxes them and allocates a reader each time,
/// which costs more than the statements of this queue do.
/// </summary>
internal sealed class Statement : IDisposable
{
    private const uint KeptForLong = 0x01;
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_connection, sql, KeptForLong, out _statement));
    }

    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, long? value) => value is { } known ? Bind(parameter, known) : BindNull(parameter);

    public Statement Bind(int parameter, bool value) => Bind(parameter, value ? 1L : 0L);

    public Statement Bind(int parameter, string? value)
    {
        if (value is null)
        {
            return BindNull(parameter);
        }

        Check(raw.sqlite3_bind_text(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // An empty span has a null pointer, which SQLite would take for NULL.
        Check(value.IsEmpty
            ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0)
            : raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    /// <summary>Runs a statement that answers no rows.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Execute()
    {
        try
        {
            Step();
            return raw.sqlite3_changes(_connection);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The first column of the first row; null when there is no row or it is NULL.</summary>
    public long? ReadInt64()
    {
        try
        {
            return Step() ? NullableInt64(0) : null;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>All rows, read by <paramref name="read"/>.</summary>
    public List<T> ReadAll<T>(Func<Statement, T> read)
    {
        try
        {
            List<T> rows = [];
            while (Step())
            {
                rows.Add(read(this));
            }

            return rows;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Goes to the next row. <see cref="Reset"/> must follow in any case, or the read transaction stays open.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Step()
    {
        int result = raw.sqlite3_step(_statement);
        if (result is raw.SQLITE_ROW)
        {
            return true;
        }

        if (result is not raw.SQLITE_DONE)
        {
            Check(result);
        }

        return false;
    }

    /// <summary>Makes it ready for the next use. An error is not reported: it was when it happened.</summary>
    public void Reset()
    {
        _ = raw.sqlite3_reset(_statement);
        _ = raw.sqlite3_clear_bindings(_statement);
    }

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int32(int column) => raw.sqlite3_column_int(_statement, column);

    public bool Boolean(int column) => Int64(column) != 0;

    public long? NullableInt64(int column) => IsNull(column) ? null : Int64(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? NullableText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>A copy of the bytes.</summary>
    public byte[] Blob(int column) => raw.sqlite3_column_blob(_statement, column).ToArray();

    /// <summary>The bytes where they lie, good until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private Statement BindNull(int parameter)
    {
        Check(raw.sqlite3_bind_null(_statement, parameter));
        return this;
    }

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) is raw.SQLITE_NULL;

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection);
}
