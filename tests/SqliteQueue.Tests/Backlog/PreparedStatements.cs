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
    private readonly List<IDisposable> _writers;

    public PreparedStatements(string path)
    {
        _connection = Database.OpenForReading(path);
        _connection.Handle!.enable_sqlite3_next_stmt(true);
        Events = new EventReads(_connection);
        DeadLetters = new DeadLetterReads(_connection);
        Log = new DeliveryLogReads(_connection);
        Seen = new SeenReads(_connection);
        _writers =
        [
            new EventTable(_connection), new DeadLetterTable(_connection), new SeenTable(_connection), new DeliveryLogTable(_connection), new CounterTable(_connection),
        ];
    }

    public EventReads Events { get; }

    public DeadLetterReads DeadLetters { get; }

    public DeliveryLogReads Log { get; }

    public SeenReads Seen { get; }

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
        Events.Dispose();
        DeadLetters.Dispose();
        Log.Dispose();
        Seen.Dispose();
        _writers.ForEach(writer => writer.Dispose());
        _connection.Dispose();
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
