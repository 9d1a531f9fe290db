using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>
/// The message ids of the last days, for duplicate detection. The purge walks the keys, so that no second index has to be kept for it.
/// </summary>
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

    private readonly Statement _correct = new(connection, "update seen set day = ?3 where message_id between ?1 and ?2 and day > ?3 + 1");

    private readonly Statement _after = new(connection, "select message_id, day from seen where message_id > ?1 order by message_id limit ?2");

    /// <summary>The next stretch of keys.</summary>
    /// <returns>Its last key, null at the end; and whether anything in it is out of the window, or was dated into the future by a clock that was ahead.</returns>
    public (byte[]? Last, bool NeedsWork) ReadStretch(ReadOnlySpan<byte> after, int length, DateTimeOffset now)
    {
        long today = DayOf(now);
        byte[]? last = null;
        bool needsWork = false;
        try
        {
            _after.Bind(1, after).Bind(2, length);
            while (_after.Step())
            {
                last = _after.Blob(0);
                needsWork |= _after.Int64(1) < today - WindowDays || _after.Int64(1) > today + 1;
            }

            return (last, needsWork);
        }
        finally
        {
            _after.Reset();
        }
    }

    /// <summary>Remembers a message id.</summary>
    /// <returns>False when it is a repeat.</returns>
    public bool TryAdd(ReadOnlySpan<byte> messageKey, ClockReading now, long sequence) => _add
        .Bind(1, messageKey)
        .Bind(2, DayOf(now.CountedFrom))
        .Bind(3, sequence)
        .Bind(4, now.IsDoubted ? long.MinValue : DayOf(now.Believed) - WindowDays)
        .Execute() == 1;

    /// <summary>Remembers a replayed message, which is never dropped: what it came from is removed with it.</summary>
    public void Put(ReadOnlySpan<byte> messageKey, ClockReading now, long sequence) =>
        _replace.Bind(1, messageKey).Bind(2, DayOf(now.CountedFrom)).Bind(3, sequence).Execute();

    /// <summary>Forgets what fell out of the window, between two keys. What a clock that was ahead dated into the future counts from today.</summary>
    /// <returns>How many it forgot.</returns>
    public int DeleteExpired(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last, DateTimeOffset now)
    {
        long today = DayOf(now);
        _correct.Bind(1, first).Bind(2, last).Bind(3, today).Execute();
        return _deleteExpired.Bind(1, first).Bind(2, last).Bind(3, today - WindowDays).Execute();
    }

    public void Dispose()
    {
        _after.Dispose();
        _add.Dispose();
        _replace.Dispose();
        _deleteExpired.Dispose();
        _correct.Dispose();
    }

    private static long DayOf(DateTimeOffset time) => (long)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalDays);
}
