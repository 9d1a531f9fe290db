using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>Named numbers that change in the same transaction as what they count.</summary>
internal sealed class CounterTable(SqliteConnection connection) : IDisposable
{
    private const string Believed = "clock/believed";
    private const string RanInDoubt = "clock/ran_in_doubt";

    private readonly Statement _read = new(connection, "select value from counters where name = ?1");

    private readonly Statement _write = new(connection,
        "insert into counters (name, value) values (?1, ?2) on conflict do update set value = excluded.value");

    public long Read(string name) => _read.Bind(1, name).ReadInt64() ?? 0;

    public void Write(string name, long value) => _write.Bind(1, name).Bind(2, value).Execute();

    /// <summary>What the last process kept of its clock; null in a new file.</summary>
    public ClockMemory? ReadClock() => Columns.TimeOf(_read.Bind(1, Believed).ReadInt64()) is { } believed
        ? new ClockMemory(believed, TimeSpan.FromMilliseconds(Read(RanInDoubt)))
        : null;

    /// <summary>Keeps the clock's memory for the next start.</summary>
    public void WriteClock(ClockMemory memory)
    {
        Write(Believed, memory.Believed.ToUnixTimeMilliseconds());
        Write(RanInDoubt, (long)memory.RanInDoubt.TotalMilliseconds);
    }

    public void Dispose()
    {
        _read.Dispose();
        _write.Dispose();
    }
}
