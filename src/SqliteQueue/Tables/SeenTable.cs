using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The message ids of the last days, for duplicate detection; the writer's side.</summary>
internal sealed class SeenTable(SqliteConnection connection) : IDisposable
{
    /// <summary>A repeated message id is dropped for this many days (and, since only the day is kept, up to one more).</summary>
    public const int WindowDays = 7;

    // One statement tells new from repeated: nothing is changed when the id was seen inside the window.
    private readonly Statement _add = new(connection, """
        insert into seen (message_id, day, sequence) values (?1, ?2, ?3)
        on conflict do update set day = excluded.day, sequence = excluded.sequence where day < ?4
        """);

    private readonly Statement _replace = new(connection, "insert or replace into seen (message_id, day, sequence) values (?1, ?2, ?3)");

    private readonly Statement _deleteExpired = new(connection, "delete from seen where message_id between ?1 and ?2 and day < ?3");

    /// <summary>Remembers a message id.</summary>
    /// <returns>False when it is a repeat.</returns>
    public bool TryAdd(ReadOnlySpan<byte> messageKey, DateTimeOffset now, long sequence) =>
        _add.Bind(1, messageKey).Bind(2, DayOf(now)).Bind(3, sequence).Bind(4, OldestDay(now)).Execute() == 1;

    /// <summary>Remembers a replayed message, which is never dropped: what it came from is removed with it.</summary>
    public void Put(ReadOnlySpan<byte> messageKey, DateTimeOffset now, long sequence) =>
        _replace.Bind(1, messageKey).Bind(2, DayOf(now)).Bind(3, sequence).Execute();

    /// <summary>Forgets what fell out of the window, between two keys.</summary>
    public int DeleteExpired(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, DateTimeOffset now) =>
        _deleteExpired.Bind(1, first).Bind(2, last).Bind(3, OldestDay(now)).Execute();

    /// <summary>Days before this one are forgotten.</summary>
    public static long OldestDay(DateTimeOffset now) => DayOf(now) - WindowDays;

    public void Dispose()
    {
        _add.Dispose();
        _replace.Dispose();
        _deleteExpired.Dispose();
    }

    private static long DayOf(DateTimeOffset time) => (long)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalDays);
}
