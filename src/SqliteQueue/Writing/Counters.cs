using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Tables;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>
/// How much lies in the file. Counting a million rows takes too long for a status, so the writer keeps the numbers: they are stored in the
/// transaction that changes them, and are seen by others once that is committed.
/// </summary>
internal sealed class Counters
{
    private const int LiveDepth = 0;
    private const int ImportDepth = 1;
    private const int LastSequence = 2;
    private const int FirstReason = 3;

    private static readonly string[] Names =
    [
        "depth/live",
        "depth/import",
        "sequence",
        .. Enum.GetValues<DeadLetterReason>().Select(reason => "dead_letters/" + reason.ToCode()),
    ];

    private readonly long[] _working = new long[Names.Length];
    private readonly long[] _committed = new long[Names.Length];

    /// <summary>The number the next event gets. Never given twice, not even after the queue ran empty.</summary>
    public long NextSequence => _working[LastSequence] + 1;

    /// <summary>Dead letters of all reasons, as committed.</summary>
    public long DeadLettered
    {
        get
        {
            long sum = 0;
            for (int slot = FirstReason; slot < Names.Length; slot++)
            {
                sum += Volatile.Read(ref _committed[slot]);
            }

            return sum;
        }
    }

    /// <summary>Events of a lane, held ones included, as committed.</summary>
    public long Depth(Lane lane) => Volatile.Read(ref _committed[SlotOf(lane)]);

    /// <summary>Dead letters of one reason, as committed.</summary>
    public long DeadLetters(DeadLetterReason reason) => Volatile.Read(ref _committed[FirstReason + (int)reason]);

    public void Load(CounterTable table)
    {
        for (int slot = 0; slot < Names.Length; slot++)
        {
            _committed[slot] = _working[slot] = table.Read(Names[slot]);
        }
    }

    public void EventAdded(Lane lane)
    {
        _working[LastSequence]++;
        _working[SlotOf(lane)]++;
    }

    public void EventRemoved(Lane lane) => _working[SlotOf(lane)]--;

    public void DeadLetterAdded(DeadLetterReason reason) => _working[FirstReason + (int)reason]++;

    public void DeadLetterRemoved(DeadLetterReason reason) => _working[FirstReason + (int)reason]--;

    /// <summary>Stores what changed; part of the transaction.</summary>
    public void Save(CounterTable table)
    {
        for (int slot = 0; slot < Names.Length; slot++)
        {
            if (_working[slot] != _committed[slot])
            {
                table.Write(Names[slot], _working[slot]);
            }
        }
    }

    /// <summary>The transaction was committed.</summary>
    public void Publish()
    {
        for (int slot = 0; slot < Names.Length; slot++)
        {
            Volatile.Write(ref _committed[slot], _working[slot]);
        }
    }

    /// <summary>The transaction was rolled back.</summary>
    public void Restore() => _committed.CopyTo(_working, 0);

    private static int SlotOf(Lane lane) => lane is Lane.Live ? LiveDepth : ImportDepth;
}
