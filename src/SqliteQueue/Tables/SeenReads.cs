using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>The remembered message ids; a reader's side, for the purge. It walks the keys, so that no second index has to be kept for it.</summary>
internal sealed class SeenReads(SqliteConnection connection) : IDisposable
{
    private readonly Statement _after = new(connection, "select message_id, day from seen where message_id > ?1 order by message_id limit ?2");

    /// <summary>The next stretch of keys.</summary>
    /// <returns>Its last key, null at the end; and whether anything in it is older than <paramref name="oldestDay"/>.</returns>
    public (byte[]? Last, bool HasExpired) ReadStretch(ReadOnlySpan<byte> after, int length, long oldestDay)
    {
        byte[]? last = null;
        bool hasExpired = false;
        try
        {
            _after.Bind(1, after).Bind(2, length);
            while (_after.Step())
            {
                last = _after.Blob(0);
                hasExpired |= _after.Int64(1) < oldestDay;
            }

            return (last, hasExpired);
        }
        finally
        {
            _after.Reset();
        }
    }

    public void Dispose() => _after.Dispose();
}
