using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>Writes commands in one transaction, all or none, and tells health and checkpoints of it. Used by the writer's thread alone.</summary>
internal sealed class Transactions(WriteSession session, Checkpoints checkpoints, StorageHealth health, Admission admission)
{
    private long _commits;

    /// <summary>Those that were committed since the start.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Writes them. What can't be refused gets the reserve's room when it finds none.</summary>
    /// <returns>What went wrong; null when all are on disk.</returns>
    public Exception? TryCommit(IReadOnlyList<IWriteCommand> group)
    {
        Exception? failure = TryOnce(group);
        if (failure is not null && StorageFailure.IsFull(failure) && !group.Any(static command => command.IsRefusable) && admission.MakeRoom())
        {
            failure = TryOnce(group);
        }

        // Settlements may fit where an enqueue does not.
        if (failure is null && health.IsFailing && group.Any(static command => !command.OutlastsStorageFailure) && admission.HasRoomAgain())
        {
            health.Worked();
        }

        return failure;
    }

    private Exception? TryOnce(IReadOnlyList<IWriteCommand> group)
    {
        try
        {
            session.Begin();
            foreach (IWriteCommand command in group)
            {
                command.Apply(session);
            }

            session.Commit();
        }
        catch (Exception exception)
        {
            return RollBack(exception);
        }

        Interlocked.Increment(ref _commits);
        foreach (IWriteCommand command in group)
        {
            command.Committed();
        }

        checkpoints.Wrote(session.TakePagesWritten());
        return null;
    }

    private Exception RollBack(Exception exception)
    {
        try
        {
            session.Rollback();
        }
        catch (SqliteException)
        {
            // The error that led here is the one to tell; the next begin shows whether the connection recovered.
        }

        if (StorageFailure.Is(exception))
        {
            health.Failed(exception);
        }

        return exception;
    }
}
