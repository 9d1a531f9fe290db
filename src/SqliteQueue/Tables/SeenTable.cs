using System.Buffers.Binary;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>
/// The message ids of the last days, for duplicate detection. They lie in the order in which they came, so that a new one goes to the last page whatever its
/// event's time is. Beside them lies an index by hash, to which the writer adds many at a time (<see cref="SeenIds"/>): ids up to <see cref="Sealed"/> are in it.
/// What the index says is always held against the id itself; entries whose id is gone mean nothing. An older version's ids lie in a table of their own until
/// they are out of the window.
/// </summary>
internal sealed class SeenTable : IDisposable
{
    /// <summary>A repeated message id is dropped for this many days (and, since only the day is kept, up to one more).</summary>
    public const int WindowDays = 7;

    private const string SealedName = "seen/sealed";
    private const string BeforeDayName = "seen/before_day";

    private readonly RowInsert _insert;
    private readonly Statement _read;
    private readonly Statement _delete;
    private readonly Statement _deleteExpired;
    private readonly Statement _correct;
    private readonly Statement _after;
    private readonly Statement _oldest;
    private readonly Statement _ofEventAfter;
    private readonly RowInsert _addToIndex;
    private readonly Statement _inIndex;
    private readonly Statement _indexAfter;
    private readonly Statement _deleteFromIndex;
    private readonly Statement _before;
    private readonly Statement _beforeOfEvent;
    private readonly Statement _anyBefore;
    private readonly Statement _deleteBefore;
    private readonly CounterTable _counters;
    private readonly EventHash _hash;

    public SeenTable(SqliteConnection connection, CounterTable counters)
    {
        _counters = counters;
        _hash = new EventHash((ulong)counters.Read("seen/key_a"), (ulong)counters.Read("seen/key_b"));
        _insert = new(connection, "insert or fail into seen (sequence, day, message_id)", columns: 3);
        _read = new(connection, "select day, message_id from seen where sequence = ?1");
        _delete = new(connection, "delete from seen where sequence = ?1");
        _deleteExpired = new(connection, "delete from seen where sequence between ?1 and ?2 and day < ?3");
        _correct = new(connection, "update seen set day = ?3 where sequence between ?1 and ?2 and day > ?3 + 1");
        _after = new(connection, "select sequence, day, message_id from seen where sequence > ?1 order by sequence limit ?2");
        _oldest = new(connection, "select min(sequence) from seen");
        _ofEventAfter = new(connection, "select sequence from seen where sequence > ?1 and substr(message_id, 1, 16) = ?2");
        _addToIndex = new(connection, "insert or ignore into seen_index (hash, sequence)", columns: 2);
        _inIndex = new(connection, "select sequence from seen_index where hash = ?1");
        _indexAfter = new(connection, "select hash, sequence from seen_index where hash > ?1 order by hash limit ?2");
        _deleteFromIndex = new(connection, "delete from seen_index where hash between ?1 and ?2 and sequence < ?3");
        _before = new(connection, "select day from seen_before where message_id = ?1");
        _beforeOfEvent = new(connection, "select sequence from seen_before where message_id between ?1 and ?2");
        _anyBefore = new(connection, "select exists (select 1 from seen_before)");
        _deleteBefore = new(connection, "delete from seen_before where message_id in (select message_id from seen_before order by message_id limit ?1)");
    }

    /// <summary>The last sequence number whose id, like all before it, is in the index. Written by the writer alone.</summary>
    public long Sealed
    {
        get => _counters.Read(SealedName);
        set => _counters.Write(SealedName, value);
    }

    /// <summary>Whether ids of an older version are left.</summary>
    public bool HasBefore => _anyBefore.ReadInt64() == 1;

    /// <summary>The day a time is of.</summary>
    public static long DayOf(DateTimeOffset time) => (long)Math.Floor((time - DateTimeOffset.UnixEpoch).TotalDays);

    /// <summary>The hash that all messages of an event share.</summary>
    public long HashOf(ReadOnlySpan<byte> messageKey) => _hash.Of(messageKey);

    public void Insert(ReadOnlySpan<NewId> ids) => _insert.Execute(ids, static (statement, before, id) => statement
        .Bind(before + 1, id.Sequence)
        .Bind(before + 2, id.Day)
        .Bind(before + 3, id.MessageKey));

    public void Delete(long sequence) => _delete.Bind(1, sequence).Execute();

    /// <summary>The day of an id; null when under this number lies no or another id.</summary>
    public long? DayOf(long sequence, ReadOnlySpan<byte> messageKey)
    {
        try
        {
            return _read.Bind(1, sequence).Step() && _read.Bytes(1).SequenceEqual(messageKey) ? _read.Int64(0) : null;
        }
        finally
        {
            _read.Reset();
        }
    }

    /// <summary>The day of an id that an older version kept; null when there is none.</summary>
    public long? DayBefore(ReadOnlySpan<byte> messageKey) => _before.Bind(1, messageKey).ReadInt64();

    public void AddToIndex(ReadOnlySpan<(long Hash, long Sequence)> ids) => _addToIndex.Execute(ids, static (statement, before, id) => statement
        .Bind(before + 1, id.Hash)
        .Bind(before + 2, id.Sequence));

    /// <summary>The numbers the index has for a hash.</summary>
    public void FindInIndex(long hash, List<long> found)
    {
        try
        {
            _inIndex.Bind(1, hash);
            while (_inIndex.Step())
            {
                found.Add(_inIndex.Int64(0));
            }
        }
        finally
        {
            _inIndex.Reset();
        }
    }

    /// <summary>Tells the hash and the number of each id that is not in the index.</summary>
    public void ReadUnsealed(Action<long, long> tell)
    {
        try
        {
            _after.Bind(1, Sealed).Bind(2, -1);
            while (_after.Step())
            {
                tell(HashOf(_after.Bytes(2)), _after.Int64(0));
            }
        }
        finally
        {
            _after.Reset();
        }
    }

    /// <summary>Under which numbers messages of an event came; some may be gone or another's.</summary>
    public IReadOnlyList<long> SequencesOf(string eventId)
    {
        byte[] prefix = MessageKey.PrefixOf(eventId);

        // The end of the index first: what is added to it meanwhile is found twice.
        long end = Sealed;
        List<long> found = _ofEventAfter.Bind(1, end).Bind(2, prefix).ReadAll(static row => row.Int64(0));
        FindInIndex(HashOf(prefix), found);
        found.AddRange(_beforeOfEvent.Bind(1, prefix).Bind(2, [.. prefix, byte.MaxValue]).ReadAll(static row => row.Int64(0)));
        return [.. found.Distinct().Order()];
    }

    /// <summary>The next stretch of ids.</summary>
    /// <returns>Its last number, null at the end; and whether anything in it is out of the window, or was dated into the future by a clock that was ahead.</returns>
    public (long? Last, bool NeedsWork) ReadStretch(long after, int length, DateTimeOffset now)
    {
        long today = DayOf(now);
        return Read(_after, after, length, row => row.Int64(1) < today - WindowDays || row.Int64(1) > today + 1);
    }

    /// <summary>Forgets what fell out of the window, between two numbers. What a clock that was ahead dated into the future counts from today.</summary>
    /// <returns>How many it forgot.</returns>
    public int DeleteExpired(long first, long last, DateTimeOffset now)
    {
        long today = DayOf(now);
        _correct.Bind(1, first).Bind(2, last).Bind(3, today).Execute();
        return _deleteExpired.Bind(1, first).Bind(2, last).Bind(3, today - WindowDays).Execute();
    }

    /// <summary>The next stretch of the index.</summary>
    /// <returns>Its last hash, null at the end; and whether anything in it is older than all ids.</returns>
    public (long? Last, bool NeedsWork) ReadIndexStretch(long after, int length)
    {
        long oldest = Oldest;
        return Read(_indexAfter, after, length, row => row.Int64(1) < oldest);
    }

    /// <summary>Removes what is older than all ids from the index, between two hashes.</summary>
    /// <returns>How many entries it removed.</returns>
    public int DeleteFromIndex(long first, long last) => _deleteFromIndex.Bind(1, first).Bind(2, last).Bind(3, Oldest).Execute();

    /// <summary>Whether there are ids of an older version, and <see cref="DeleteBefore"/> has something to do with them.</summary>
    public bool BeforeNeedsWork(DateTimeOffset now) => HasBefore && _counters.Read(BeforeDayName) is var day && (IsBeforeDatedWrong(day, now) || IsBeforeOver(day, now));

    /// <summary>Notes when this version came to ids of an older one, and forgets them once the last can be out of the window.</summary>
    /// <returns>How many it forgot.</returns>
    public int DeleteBefore(int limit, DateTimeOffset now)
    {
        long day = _counters.Read(BeforeDayName);
        if (IsBeforeDatedWrong(day, now))
        {
            _counters.Write(BeforeDayName, DayOf(now));
            return 0;
        }

        return IsBeforeOver(day, now) ? _deleteBefore.Bind(1, limit).Execute() : 0;
    }

    public void Dispose()
    {
        foreach (IDisposable statement in (IDisposable[])
            [_insert, _read, _delete, _deleteExpired, _correct, _after, _oldest, _ofEventAfter, _addToIndex, _inIndex, _indexAfter, _deleteFromIndex, _before, _beforeOfEvent, _anyBefore, _deleteBefore])
        {
            statement.Dispose();
        }
    }

    private static bool IsBeforeDatedWrong(long day, DateTimeOffset now) => day == 0 || day > DayOf(now) + 1;

    private static bool IsBeforeOver(long day, DateTimeOffset now) => day < DayOf(now) - WindowDays;

    private long Oldest => _oldest.ReadInt64() ?? long.MaxValue;

    private static (long? Last, bool NeedsWork) Read(Statement statement, long after, int length, Predicate<Statement> needsWork)
    {
        long? last = null;
        bool found = false;
        try
        {
            statement.Bind(1, after).Bind(2, length);
            while (statement.Step())
            {
                last = statement.Int64(0);
                found |= needsWork(statement);
            }

            return (last, found);
        }
        finally
        {
            statement.Reset();
        }
    }
}

/// <summary>A message id that is to be added.</summary>
internal readonly record struct NewId(long Sequence, long Day, byte[] MessageKey);

/// <summary>
/// A hash of an event's id, from the beginning of the keys of its messages: SipHash-1-3 with a key that only the file knows, of which 48 bits are kept, since
/// they lie in it once an id.
/// </summary>
internal sealed class EventHash(ulong keyA, ulong keyB)
{
    private const int Bits = 48;

    /// <param name="messageKey">A message's key or what it begins with.</param>
    public long Of(ReadOnlySpan<byte> messageKey)
    {
        (ulong a, ulong b, ulong c, ulong d) = (keyA ^ 0x736f6d6570736575, keyB ^ 0x646f72616e646f6d, keyA ^ 0x6c7967656e657261, keyB ^ 0x7465646279746573);
        Take(ref a, ref b, ref c, ref d, BinaryPrimitives.ReadUInt64LittleEndian(messageKey));
        Take(ref a, ref b, ref c, ref d, BinaryPrimitives.ReadUInt64LittleEndian(messageKey[8..]));
        Take(ref a, ref b, ref c, ref d, (ulong)MessageKey.EventIdBytes << 56);
        c ^= 0xff;
        Round(ref a, ref b, ref c, ref d);
        Round(ref a, ref b, ref c, ref d);
        Round(ref a, ref b, ref c, ref d);
        return (long)((a ^ b ^ c ^ d) >> (64 - Bits));
    }

    private static void Take(ref ulong a, ref ulong b, ref ulong c, ref ulong d, ulong word)
    {
        d ^= word;
        Round(ref a, ref b, ref c, ref d);
        a ^= word;
    }

    private static void Round(ref ulong a, ref ulong b, ref ulong c, ref ulong d)
    {
        a += b;
        b = ulong.RotateLeft(b, 13) ^ a;
        a = ulong.RotateLeft(a, 32);
        c += d;
        d = ulong.RotateLeft(d, 16) ^ c;
        a += d;
        d = ulong.RotateLeft(d, 21) ^ a;
        c += b;
        b = ulong.RotateLeft(b, 17) ^ c;
        c = ulong.RotateLeft(c, 32);
    }
}
