using System.Threading.Channels;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.SqliteQueue.Leasing;

/// <summary>
/// Which partitions have events and who holds them; in memory, because one process owns the file. The lease is on a partition and not on
/// "the next visible event", since that would overtake a held one. Partitions that are ready wait in a line, so they take turns.
/// </summary>
/// <remarks>
/// <para>Claims. An event that crashes the process must not do so for ever, but a claim written for each delivery would cost as much as the
/// delivery's settlement. So nothing is written while all goes well. Only after a start that follows a crash are partitions
/// <em>suspect</em>: whatever the process died of was among the first events of one of them, since events are handed out in order. The first run
/// of each suspect partition is counted (<c>ClaimCommand</c>) before it is handed out, and so is every run that holds an event counted
/// before. Being settled, released or given back by a living process clears the count.</para>
/// <para>Each count halves the run (<see cref="SizeOf"/>): after a few crashes the guilty one
/// stands alone, and its neighbours are delivered instead of sharing its fate.</para>
/// </remarks>
internal sealed class PartitionLeases
{
    private readonly Lock _gate = new();
    private readonly State[][] _states = [NewStates(), NewStates()];
    private readonly Channel<Partition>[] _ready = [NewLine(), NewLine()];
    private readonly long[] _inDelivery = new long[2];
    private int _unreadable;

    /// <summary>Events of a lane that a consumer holds now.</summary>
    public long InDelivery(Lane lane) => Interlocked.Read(ref _inDelivery[IndexOf(lane)]);

    /// <summary>Partitions of a lane that may have events, and can be read.</summary>
    public IReadOnlyList<Partition> Known(Lane lane) =>
        Where(lane, static state => state is { Unreadable: false } and ({ Held: true } or { Listed: true } or { HasMore: true }));

    /// <summary>How many partitions could not be read the last time.</summary>
    public int UnreadableCount => Volatile.Read(ref _unreadable);

    /// <summary>The partitions that could not be read the last time, both lanes.</summary>
    public IReadOnlyList<Partition> Unreadable() =>
        [.. Where(Lane.Live, static state => state.Unreadable), .. Where(Lane.Import, static state => state.Unreadable)];

    /// <summary>Whether a partition could be read the last time.</summary>
    public bool CanRead(Partition partition)
    {
        lock (_gate)
        {
            return !StateOf(partition).Unreadable;
        }
    }

    /// <summary>A partition was read, or could not be.</summary>
    /// <returns>Whether that is new.</returns>
    public bool WasRead(Partition partition, bool readable)
    {
        lock (_gate)
        {
            State state = StateOf(partition);
            bool isNew = state.Unreadable == readable;
            if (isNew)
            {
                state.Unreadable = !readable;
                _unreadable += readable ? -1 : 1;
            }

            return isNew;
        }
    }

    /// <summary>The partition got events, which are on disk.</summary>
    public void Added(Partition partition)
    {
        lock (_gate)
        {
            State state = StateOf(partition);
            state.HasMore = true;
            ListIfReady(partition, state);
        }
    }

    /// <summary>The partition has events that an earlier process left.</summary>
    public void Found(Partition partition, bool suspect)
    {
        lock (_gate)
        {
            StateOf(partition).Suspect = suspect;
        }

        Added(partition);
    }

    /// <summary>Waits for a ready partition and takes it.</summary>
    public async ValueTask<Partition> TakeAsync(Lane lane, CancellationToken cancellationToken)
    {
        Partition partition = await _ready[IndexOf(lane)].Reader.ReadAsync(cancellationToken);
        lock (_gate)
        {
            State state = StateOf(partition);
            state.Listed = false;
            state.Held = true;

            // What was added before now is found by the read that follows; what comes later says so again.
            state.HasMore = false;
        }

        return partition;
    }

    /// <summary>Whether the next run of a held partition must be counted because of a crash.</summary>
    public bool IsSuspect(Partition partition)
    {
        lock (_gate)
        {
            return StateOf(partition).Suspect;
        }
    }

    /// <summary>The first run after the crash was counted.</summary>
    public void Cleared(Partition partition)
    {
        lock (_gate)
        {
            StateOf(partition).Suspect = false;
        }
    }

    /// <summary>Events of a held partition went into its consumer's hands, up to one.</summary>
    public void HandedOut(Partition partition, int count, long last)
    {
        Interlocked.Add(ref _inDelivery[IndexOf(partition.Lane)], count);
        lock (_gate)
        {
            StateOf(partition).HandedOutUpTo = last;
        }
    }

    /// <summary>Whether a consumer holds an event: of a partition that is held, all up to the last that was handed out.</summary>
    public bool IsInHand(Partition partition, long sequence)
    {
        lock (_gate)
        {
            return StateOf(partition) is { Held: true, HandedOutUpTo: var last } && sequence <= last;
        }
    }

    /// <summary>Events left a consumer's hands.</summary>
    public void Settled(Lane lane, int count) => Interlocked.Add(ref _inDelivery[IndexOf(lane)], -count);

    /// <summary>Gives a partition back; if it has events it goes to the end of the line.</summary>
    public void Return(Partition partition, bool hasMore)
    {
        lock (_gate)
        {
            State state = StateOf(partition);
            state.Held = false;
            state.HandedOutUpTo = 0;
            state.HasMore |= hasMore;
            ListIfReady(partition, state);
        }
    }

    /// <summary>How long a run may be in which an event was counted <paramref name="claims"/> times.</summary>
    public static int SizeOf(int maxEvents, int claims) => Math.Max(1, maxEvents >> Math.Min(claims, 31));

    private void ListIfReady(Partition partition, State state)
    {
        if (state is { HasMore: true, Held: false, Listed: false })
        {
            state.Listed = true;
            _ready[IndexOf(partition.Lane)].Writer.TryWrite(partition);
        }
    }

    private List<Partition> Where(Lane lane, Func<State, bool> fits)
    {
        lock (_gate)
        {
            State[] states = _states[IndexOf(lane)];
            return [.. Enumerable.Range(0, Partition.MaxCount).Where(number => fits(states[number])).Select(number => new Partition(lane, number))];
        }
    }

    private State StateOf(Partition partition) => _states[IndexOf(partition.Lane)][partition.Number];

    private static int IndexOf(Lane lane) => lane is Lane.Live ? 0 : 1;

    private static State[] NewStates() => [.. Enumerable.Range(0, Partition.MaxCount).Select(_ => new State())];

    private static Channel<Partition> NewLine() => Channel.CreateUnbounded<Partition>();

    private sealed class State
    {
        public bool Held { get; set; }

        public bool Listed { get; set; }

        public bool HasMore { get; set; }

        public bool Suspect { get; set; }

        public bool Unreadable { get; set; }

        public long HandedOutUpTo { get; set; }
    }
}

/// <summary>
/// The bytes of bodies that consumers may hold in all. With many partitions of big events in hand, runs become shorter, down to a single event, which
/// every partition gets: nothing starves, and what is over the budget is at most one event a partition. Thread-safe.
/// </summary>
/// <param name="maxBytes">The budget.</param>
internal sealed class RunBudget(long maxBytes)
{
    /// <summary>The budget of a process: 64 MB.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>The most bytes of one run: 4 MB.</summary>
    public const long MaxRunBytes = 4 * 1024 * 1024;

    // Whoever comes takes no more than this part of what is left, so that those behind get more than crumbs.
    private const long Part = 4;

    private long _inHand;

    /// <summary>Bytes in hand, those included that are being read.</summary>
    public long InHand => Interlocked.Read(ref _inHand);

    /// <summary>How many bytes the next run may have, beyond its first event.</summary>
    public static long BytesFor(long maxBytes, long inHand) => Math.Clamp((maxBytes - inHand) / Part, 0, MaxRunBytes);

    /// <summary>Takes a share for a run that is about to be read.</summary>
    public Share Take()
    {
        while (true)
        {
            long inHand = InHand;
            long bytes = BytesFor(maxBytes, inHand);
            if (Interlocked.CompareExchange(ref _inHand, inHand + bytes, inHand) == inHand)
            {
                return new Share(this, bytes);
            }
        }
    }

    /// <summary>What one run takes of the budget. Disposing gives it back.</summary>
    public sealed class Share(RunBudget budget, long bytes) : IDisposable
    {
        private long _bytes = bytes;

        /// <summary>How many bytes the run may have, beyond its first event.</summary>
        public long Bytes => _bytes;

        /// <summary>The run was read: it takes this much.</summary>
        public void Use(long used)
        {
            Interlocked.Add(ref budget._inHand, used - _bytes);
            _bytes = used;
        }

        public void Dispose() => Use(0);
    }
}
