using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>
/// One statement, prepared once and used again and again on one connection. Not thread-safe, like the connection.
/// It goes straight to SQLite (<see cref="Native"/>) because a <see cref="SqliteCommand"/> looks its parameters up by name, boxes them and allocates a reader
/// each time, which costs more than the statements of this queue do.
/// </summary>
internal sealed unsafe class Statement : IDisposable
{
    private const uint KeptForLong = 0x01;
    private const int ShortText = 512;
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _owned;
    private readonly nint _database;

    // Zero once it is disposed, which SQLite answers with an error.
    private nint _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_connection, sql, KeptForLong, out _owned));
        _database = _connection.DangerousGetHandle();
        _statement = _owned.DangerousGetHandle();
    }

    public Statement Bind(int parameter, long value)
    {
        Check(Native.BindInt64(_statement, parameter, value));
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

        int most = Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> text = most <= ShortText ? stackalloc byte[ShortText] : new byte[most];
        int length = Encoding.UTF8.GetBytes(value, text);
        fixed (byte* bytes = text)
        {
            Check(Native.BindText(_statement, parameter, bytes, length, Native.Copied));
        }

        return this;
    }

    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // An empty span has a null pointer, which SQLite would take for NULL.
        if (value.IsEmpty)
        {
            Check(Native.BindZeroBlob(_statement, parameter, 0));
            return this;
        }

        fixed (byte* bytes = value)
        {
            Check(Native.BindBlob(_statement, parameter, bytes, value.Length, Native.Copied));
        }

        return this;
    }

    /// <summary>Runs a statement that answers no rows.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Execute()
    {
        try
        {
            Step();
            return Native.Changes(_database);
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
        int result = Native.Step(_statement);
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
        // SQLite lets itself be asked to reset nothing, but not to clear the bindings of nothing.
        if (_statement != 0)
        {
            _ = Native.Reset(_statement);
            _ = Native.ClearBindings(_statement);
        }
    }

    public long Int64(int column) => Native.ColumnInt64(_statement, column);

    public int Int32(int column) => (int)Int64(column);

    public bool Boolean(int column) => Int64(column) != 0;

    public long? NullableInt64(int column) => IsNull(column) ? null : Int64(column);

    public string Text(int column)
    {
        // In this order: asked for its text the column becomes one, and only then its length is right.
        byte* text = Native.ColumnText(_statement, column);
        return Encoding.UTF8.GetString(new ReadOnlySpan<byte>(text, Native.ColumnBytes(_statement, column)));
    }

    public string? NullableText(int column) => IsNull(column) ? null : Text(column);

    /// <summary>A copy of the bytes.</summary>
    public byte[] Blob(int column) => Bytes(column).ToArray();

    /// <summary>The bytes where they lie, good until the next step.</summary>
    public ReadOnlySpan<byte> Bytes(int column)
    {
        byte* bytes = Native.ColumnBlob(_statement, column);
        return new ReadOnlySpan<byte>(bytes, Native.ColumnBytes(_statement, column));
    }

    public void Dispose()
    {
        _statement = 0;
        _owned.Dispose();
    }

    private Statement BindNull(int parameter)
    {
        Check(Native.BindNull(_statement, parameter));
        return this;
    }

    private bool IsNull(int column) => Native.ColumnType(_statement, column) is raw.SQLITE_NULL;

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            SqliteException.ThrowExceptionForRC(result, _connection);
        }
    }
}

/// <summary>Inserts rows some at a time: of a small row the most that it costs is the statement's beginning and end.</summary>
internal sealed class RowInsert : IDisposable
{
    /// <summary>How many rows the longer of the statements takes.</summary>
    public const int Together = 16;

    private readonly Statement _one;
    private readonly Statement _some;
    private readonly int _columns;

    /// <param name="connection">The connection.</param>
    /// <param name="into">The statement up to its values.</param>
    /// <param name="columns">How many values a row has.</param>
    public RowInsert(SqliteConnection connection, string into, int columns)
    {
        _columns = columns;
        string row = $"({string.Join(", ", Enumerable.Repeat('?', columns))})";
        _one = new Statement(connection, $"{into} values {row}");
        _some = new Statement(connection, $"{into} values {string.Join(", ", Enumerable.Repeat(row, Together))}");
    }

    /// <summary>Inserts rows, in their order.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="bind">Binds the values of one; its first parameter is the one after the number given.</param>
    public void Execute<T>(ReadOnlySpan<T> rows, Action<Statement, int, T> bind)
    {
        while (rows.Length >= Together)
        {
            for (int row = 0; row < Together; row++)
            {
                bind(_some, row * _columns, rows[row]);
            }

            _some.Execute();
            rows = rows[Together..];
        }

        foreach (T row in rows)
        {
            bind(_one, 0, row);
            _one.Execute();
        }
    }

    public void Dispose()
    {
        _one.Dispose();
        _some.Dispose();
    }
}
