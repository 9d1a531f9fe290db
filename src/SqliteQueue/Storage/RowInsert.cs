using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Storage;

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
