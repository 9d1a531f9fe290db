using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>Named numbers that change in the same transaction as what they count; the writer's side.</summary>
internal sealed class CounterTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _read = new(connection, "select value from counters where name = ?1");

    private readonly Statement _write = new(connection,
        "insert into counters (name, value) values (?1, ?2) on conflict do update set value = excluded.value");

    public long Read(string name) => _read.Bind(1, name).ReadInt64() ?? 0;

    public void Write(string name, long value) => _write.Bind(1, name).Bind(2, value).Execute();

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }
}
