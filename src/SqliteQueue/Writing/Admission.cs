using CustomerIoDestination.SqliteQueue.Storage;

namespace CustomerIoDestination.SqliteQueue.Writing;

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
