using System.Runtime.InteropServices;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>
/// Tells new message ids from repeated ones, for the writer. The hashes of the newest are kept in memory; when there are many they go, ordered by hash, to the
/// index on disk, with each transaction a few. So the pages of the index are written once for many ids, whatever the order of their times, and a start reads
/// back no more than is in memory. All of it is part of the writer's transactions: what a kill takes back is read again. An entry in memory that a rollback
/// left means nothing, since each hit is held against the id on disk.
/// </summary>
internal sealed class SeenIds
{
    /// <summary>What an id takes in memory at most: twice two numbers while it is looked up, for those collected and those on their way, and two to be ordered.</summary>
    public const int BytesPerId = 80;

    // Twice as many go to the index as come, so that one lot is there before the next is complete.
    private const int SealedPerAdded = 2;

    // Ids take so much of the memory; the rest is for pages of the index.
    private const int PartForIds = 4;

    private const int SmallestLot = 16;
    private const int LargestLot = 1 << 20;

    private readonly SeenTable _table;
    private readonly int _lot;
    private readonly List<long> _found = [];
    private readonly List<NewId> _new = [];
    private readonly List<(long Hash, long Sequence)> _toIndex = [];
    private HashedNumbers _fresh = new();
    private HashedNumbers? _frozen;
    private long[] _hashes = [];
    private long[] _sequences = [];
    private long _last;
    private int _sealing;
    private int _sealed;
    private int _added;
    private bool _hasIndex;
    private bool _hasBefore;

    /// <param name="table">The ids.</param>
    /// <param name="memory">How many bytes detection may take.</param>
    public SeenIds(SeenTable table, long memory)
    {
        _table = table;
        _lot = LotFor(memory);
        _hasIndex = table.Sealed > 0;
        _hasBefore = table.HasBefore;
        table.ReadUnsealed(_fresh.Add);
    }

    /// <summary>How many ids are collected before they go to the index.</summary>
    public static int LotFor(long memory) =>
        (int)Math.Clamp((long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(1, memory / PartForIds / BytesPerId) + 1) / 2, SmallestLot, LargestLot);

    /// <summary>How many bytes are left for pages of the index.</summary>
    public static long PagesFor(long memory) => memory - (memory / PartForIds);

    /// <summary>Remembers a message id.</summary>
    /// <returns>False when it is a repeat.</returns>
    public bool TryAdd(byte[] messageKey, ClockReading now, long sequence)
    {
        long oldest = now.IsDoubted ? long.MinValue : SeenTable.DayOf(now.Believed) - SeenTable.WindowDays;
        long hash = _table.HashOf(messageKey);
        if (Find(hash, messageKey) is { } known)
        {
            if (known.Day >= oldest)
            {
                return false;
            }

            _table.Delete(known.Sequence);
        }
        else if (_hasBefore && _table.DayBefore(messageKey) >= oldest)
        {
            return false;
        }

        Add(hash, messageKey, now, sequence);
        return true;
    }

    /// <summary>Remembers a replayed message, which is never dropped: what it came from is removed with it.</summary>
    public void Put(byte[] messageKey, ClockReading now, long sequence)
    {
        long hash = _table.HashOf(messageKey);
        if (Find(hash, messageKey) is { } known)
        {
            _table.Delete(known.Sequence);
        }

        Add(hash, messageKey, now, sequence);
    }

    /// <summary>Stores the new ones and takes some to the index; part of the transaction, before its commit.</summary>
    public void Seal()
    {
        Store();
        if (_frozen is null || _added == 0)
        {
            return;
        }

        int end = (int)Math.Min(_hashes.Length, _sealing + ((long)_added * SealedPerAdded));
        _toIndex.Clear();
        for (; _sealing < end; _sealing++)
        {
            _toIndex.Add((_hashes[_sealing], _sequences[_sealing]));
        }

        _table.AddToIndex(CollectionsMarshal.AsSpan(_toIndex));

        if (_sealing == _hashes.Length)
        {
            _table.Sealed = _last;
        }
    }

    /// <summary>The transaction was committed.</summary>
    /// <param name="last">The last sequence number given.</param>
    public void Publish(long last)
    {
        _added = 0;
        _sealed = _sealing;
        if (_frozen is not null)
        {
            // From the first part on: the index is asked too.
            _hasIndex = true;
            if (_sealed == _hashes.Length)
            {
                _frozen = null;
                (_hashes, _sequences) = ([], []);
            }
        }

        if (_frozen is null && _fresh.Count >= _lot)
        {
            Freeze(last);
        }
    }

    /// <summary>The transaction was rolled back.</summary>
    public void Restore()
    {
        _new.Clear();
        _added = 0;
        _sealing = _sealed;
    }

    /// <summary>Forgets ids of an older version, once the last of them is out of the window.</summary>
    /// <returns>How many it forgot.</returns>
    public int DeleteBefore(int limit, DateTimeOffset now)
    {
        // As it was before: a rollback would bring them back.
        _hasBefore = _hasBefore && _table.HasBefore;
        return _hasBefore ? _table.DeleteBefore(limit, now) : 0;
    }

    private void Freeze(long last)
    {
        _frozen = _fresh;
        _fresh = new HashedNumbers();
        (_hashes, _sequences) = _frozen.ToArrays();
        Array.Sort(_hashes, _sequences);
        _last = last;
        _sealing = _sealed = 0;
    }

    private void Add(long hash, byte[] messageKey, ClockReading now, long sequence)
    {
        _new.Add(new NewId(sequence, SeenTable.DayOf(now.CountedFrom), messageKey));
        _fresh.Add(hash, sequence);
        _added++;
    }

    private void Store()
    {
        _table.Insert(CollectionsMarshal.AsSpan(_new));
        _new.Clear();
    }

    private (long Sequence, long Day)? Find(long hash, ReadOnlySpan<byte> messageKey)
    {
        _found.Clear();
        _fresh.Find(hash, _found);
        _frozen?.Find(hash, _found);
        if (_hasIndex)
        {
            _table.FindInIndex(hash, _found);
        }

        if (_found.Count > 0)
        {
            // It may be one of this transaction.
            Store();
        }

        foreach (long sequence in _found)
        {
            if (_table.DayOf(sequence, messageKey) is { } day)
            {
                return (sequence, day);
            }
        }

        return null;
    }
}

/// <summary>Numbers by hash: a table with open addressing that is at most half full. A hash may have several numbers. Numbers are greater than zero.</summary>
internal sealed class HashedNumbers
{
    private long[] _slots = new long[64];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    public void Add(long hash, long number)
    {
        if (4 * (Count + 1) > _slots.Length)
        {
            long[] old = _slots;
            _slots = new long[old.Length * 2];
            for (int slot = 0; slot < old.Length; slot += 2)
            {
                if (old[slot + 1] != 0)
                {
                    Put(old[slot], old[slot + 1]);
                }
            }
        }

        Put(hash, number);
        Count++;
    }

    public void Find(long hash, List<long> found)
    {
        for (int slot = SlotOf(hash); _slots[slot + 1] != 0; slot = Next(slot))
        {
            if (_slots[slot] == hash)
            {
                found.Add(_slots[slot + 1]);
            }
        }
    }

    public (long[] Hashes, long[] Numbers) ToArrays()
    {
        long[] hashes = new long[Count];
        long[] numbers = new long[Count];
        int next = 0;
        for (int slot = 0; slot < _slots.Length; slot += 2)
        {
            if (_slots[slot + 1] != 0)
            {
                (hashes[next], numbers[next++]) = (_slots[slot], _slots[slot + 1]);
            }
        }

        return (hashes, numbers);
    }

    private void Put(long hash, long number)
    {
        int slot = SlotOf(hash);
        while (_slots[slot + 1] != 0)
        {
            slot = Next(slot);
        }

        (_slots[slot], _slots[slot + 1]) = (hash, number);
    }

    private int SlotOf(long hash) => (int)hash * 2 & (_slots.Length - 2);

    private int Next(int slot) => (slot + 2) & (_slots.Length - 1);
}
