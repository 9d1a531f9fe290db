using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>Writes commands in one transaction, all or none, and tells health and checkpoints of it. Used by the writer's thread alone.</summary>
internal sealed class Transactions(WriteSession session, Checkpoints checkpoints, StorageHealth health)
{
    private long _commits;

    /// <summary>Those that were committed since the start.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <returns>What went wrong; null when all are on disk.</returns>
    public Exception? TryCommit(IReadOnlyList<WriteCommand> group)
    {
        try
        {
            session.Begin();
            foreach (WriteCommand command in group)
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
        bool isMoreThanKept = false;
        foreach (WriteCommand command in group)
        {
            isMoreThanKept |= !command.OutlastsStorageFailure;
            command.Committed();
        }

        // Settlements may fit where an enqueue does not.
        if (isMoreThanKept)
        {
            health.Worked();
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
