using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>
/// The commands that wait for the writer. It takes all that is there at once, up to a bound: that is the group commit.
/// A monitor and not a channel, because the one reader is a thread that blocks.
/// </summary>
internal sealed class Inbox
{
    /// <summary>The most bytes of one transaction (about 4,000 events): bounds how long the ones behind it wait.</summary>
    public const int MaxGroupBytes = 4 * 1024 * 1024;

    private readonly object _gate = new();
    private readonly Queue<IWriteCommand> _waiting = new();
    private long _weight;
    private bool _woken;
    private bool _closed;

    /// <summary>Bytes that wait.</summary>
    public long Weight => Volatile.Read(ref _weight);

    /// <returns>False when it is closed.</returns>
    public bool TryAdd(IWriteCommand command)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _waiting.Enqueue(command);
            _weight += command.Weight;
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Adds a settlement to those of its run that still wait.</summary>
    /// <returns>False when the reader has them, or it is closed.</returns>
    public bool TryJoin(SettleBatch waiting, ReceivedEvent received, DeliveryAttempt attempt)
    {
        lock (_gate)
        {
            if (_closed || waiting.IsTaken)
            {
                return false;
            }

            _weight += waiting.Add(received, attempt);
            return true;
        }
    }

    /// <summary>Lets the reader look after what it kept for later.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Nothing more comes in; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for commands and moves them to <paramref name="group"/>; leaves it empty when woken for nothing.</summary>
    /// <returns>False when it is closed and empty.</returns>
    public bool Take(List<IWriteCommand> group)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closed && !_woken)
            {
                Monitor.Wait(_gate);
            }

            // Whoever is woken must see it: commands that wait go first, and the call goes to the next turn.
            _woken &= _waiting.Count > 0;
            int bytes = 0;
            while (_waiting.TryPeek(out IWriteCommand? next) && Fits(next, group, bytes))
            {
                group.Add(_waiting.Dequeue());
                bytes += next.Weight;
                next.Taken();
            }

            _weight -= bytes;
            return group.Count > 0 || !_closed;
        }
    }

    private static bool Fits(IWriteCommand next, List<IWriteCommand> group, int bytes) => group switch
    {
        [] => true,
        [{ RunsAlone: true }] => false,
        _ => !next.RunsAlone && bytes + next.Weight <= MaxGroupBytes,
    };
}

/// <summary>Whether the writer may take something new now, and the room it has for what can't be refused. Used by the writer's thread alone.</summary>
internal sealed class Admission(WriteSession session, Checkpoints checkpoints, FileWatch watch, Reserve reserve, StorageHealth health)
{
    /// <summary>Answers those of a group that can't be taken now, and leaves the others in it.</summary>
    /// <returns>Whether there were any.</returns>
    public bool Refuse(List<IWriteCommand> group)
    {
        long weight = group.Sum(static command => command.IsRefusable ? (long)command.Weight : 0);
        if (weight == 0 || WhyNot(weight) is not { } reason)
        {
            return false;
        }

        health.Failed(reason);
        group.Where(static command => command.IsRefusable).ToList().ForEach(command => command.Failed(reason));
        group.RemoveAll(static command => command.IsRefusable);
        return true;
    }

    /// <summary>Why something new is not taken; null when it is.</summary>
    /// <param name="weight">How many bytes it weighs.</param>
    public Exception? WhyNot(long weight)
    {
        watch.LookForNames();
        checkpoints.LookAtLengths();
        if (watch.Trouble is not FileTrouble.None)
        {
            return new QueueFileLostException();
        }

        // The WAL may hold what is missing.
        return LeavesRoom(weight) || (checkpoints.Truncate() && LeavesRoom(weight)) ? null : new NoRoomException();
    }

    /// <summary>Whether there is so much room that not every other enqueue is refused.</summary>
    public bool HasRoomAgain() => WhyNot(reserve.Bytes / 16) is null;

    /// <summary>Takes the reserve's room up again, if there is enough.</summary>
    /// <returns>Whether it is held.</returns>
    public bool TryHoldReserve() => reserve.TryHold();

    /// <summary>Makes room for what can't be refused: gives the reserve to it, copies the WAL and empties it.</summary>
    /// <returns>Whether there is more room than before.</returns>
    public bool MakeRoom() => reserve.Release() | checkpoints.Truncate();

    private bool LeavesRoom(long weight) => reserve.LeavesRoom(weight, () => checkpoints.Unwritten(session.Pages()));
}
