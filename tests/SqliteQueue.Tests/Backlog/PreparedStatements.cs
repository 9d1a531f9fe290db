using System.Globalization;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tables;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CustomerIoDestination.SqliteQueue.Tests.Backlog;

/// <summary>All statements of the tables on one connection, and what SQLite tells of them.</summary>
internal sealed class PreparedStatements : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TableSet _tables;

    public PreparedStatements(string path)
    {
        _connection = Database.OpenForReading(path);
        _connection.Handle!.enable_sqlite3_next_stmt(true);
        _tables = new TableSet(_connection);
    }

    public EventTable Events => _tables.Events;

    public DeadLetterTable DeadLetters => _tables.DeadLetters;

    /// <summary>How SQLite goes about each of them: the statement, and the steps of its plan.</summary>
    public IReadOnlyList<(string Sql, IReadOnlyList<string> Steps)> Plans() => [.. Sql().Select(sql => (sql, Explain(sql)))];

    /// <summary>How many instructions SQLite has carried out for a piece of work.</summary>
    public int InstructionsOf(Action work)
    {
        _ = Count();
        work();
        return Count();
    }

    public void Dispose()
    {
        _tables.Dispose();
    }

    private List<string> Sql() => [.. Prepared().Select(statement => raw.sqlite3_sql(statement).utf8_to_string())];

    private int Count() => Prepared().Sum(statement => raw.sqlite3_stmt_status(statement, raw.SQLITE_STMTSTATUS_VM_STEP, 1));

    private List<string> Explain(string sql)
    {
        using var statement = new Statement(_connection, string.Create(CultureInfo.InvariantCulture, $"explain query plan {sql}"));
        return statement.ReadAll(row => row.Text(3));
    }

    private IEnumerable<sqlite3_stmt> Prepared()
    {
        for (sqlite3_stmt? statement = raw.sqlite3_next_stmt(_connection.Handle!, null!); statement is not null;
            statement = raw.sqlite3_next_stmt(_connection.Handle!, statement))
        {
            yield return statement;
        }
    }
}
