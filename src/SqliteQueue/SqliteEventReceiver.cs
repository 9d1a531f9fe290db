using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Writing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue;

/// <summary>The embedded queue as the delivery workers see it. Hands out runs of consecutive events of one partition.</summary>
public sealed partial class SqliteEventReceiver(QueueFile file) : IEventReceiver
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<IPartitionLease> ReceiveAsync(Lane lane, int maxEvents, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxEvents, 1);
        while (true)
        {
            Partition partition = await file.Leases.TakeAsync(lane, cancellationToken);
            if (await TryLeaseAsync(partition, maxEvents, cancellationToken) is { } lease)
            {
                return lease;
            }
        }
    }

    private async Task<IPartitionLease?> TryLeaseAsync(Partition partition, int maxEvents, CancellationToken cancellationToken)
    {
        RunBudget.Share share = file.Runs.Take();
        IPartitionLease? lease = null;
        try
        {
            (List<QueuedEvent> run, bool hasMore) = await ReadAsync(partition, maxEvents, share.Bytes, cancellationToken);
            int claims = run.Count == 0 ? 0 : run.Max(queued => queued.Claims);
            bool isCounted = run.Count > 0 && (claims > 0 || file.Leases.IsSuspect(partition));
            if (isCounted)
            {
                int size = PartitionLeases.SizeOf(maxEvents, claims);
                hasMore |= run.Count > size;
                run = [.. await CountAsync(partition, [.. run.Take(size)])];
            }

            if (run.Count == 0)
            {
                file.Leases.Return(partition, hasMore);
                return null;
            }

            share.Use(run.Sum(static queued => (long)queued.Received.Envelope.Body.Length));
            file.Leases.HandedOut(partition, run.Count, run[^1].Received.SequenceNumber);
            lease = new SqlitePartitionLease(file, partition, [.. run.Select(queued => queued.Received)], share, hasMore, isCounted);
            return lease;
        }
        catch (Exception e) when (StorageFailure.Is(e))
        {
            file.Leases.Return(partition, hasMore: true);
            await Task.Delay(PauseAfterFailure, file.TimeProvider, cancellationToken);
            return null;
        }
        catch
        {
            file.Leases.Return(partition, hasMore: true);
            throw;
        }
        finally
        {
            if (lease is null)
            {
                share.Dispose();
            }
        }
    }

    /// <summary>Reads the next run. That a partition can't be read is said when it begins and when it ends.</summary>
    private async Task<(List<QueuedEvent> Run, bool HasMore)> ReadAsync(
        Partition partition, int maxEvents, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            (List<QueuedEvent> Run, bool HasMore) read = await file.ReadAsync(
                tables => tables.Events.ReadRun(partition, maxEvents, maxBytes), cancellationToken);
            if (file.Leases.WasRead(partition, readable: true))
            {
                Log.ReadAgain(file.Logger, partition);
            }

            return read;
        }
        catch (SqliteException e)
        {
            if (file.Leases.WasRead(partition, readable: false))
            {
                Log.Unreadable(file.Logger, partition, e.SqliteExtendedErrorCode);
            }

            throw;
        }
    }

    /// <summary>Writes down that a run is handed out, before it is.</summary>
    /// <returns>The run without those that became dead letters instead.</returns>
    private async Task<IEnumerable<QueuedEvent>> CountAsync(Partition partition, IReadOnlyList<QueuedEvent> run)
    {
        IReadOnlySet<long> deadLettered = await file.Writer.WriteAsync(new ClaimCommand(run));
        file.Leases.Cleared(partition);
        if (deadLettered.Count > 0)
        {
            Log.TooManyClaims(file.Logger, deadLettered.Count);
        }

        return run.Where(queued => !deadLettered.Contains(queued.Received.SequenceNumber));
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Error, "Partition {Partition} can't be read from the queue file (SQLite's code {Code}): its events wait. It is tried again each second.")]
        public static partial void Unreadable(ILogger logger, Partition partition, int code);

        [LoggerMessage(3, LogLevel.Information, "Partition {Partition} can be read again.")]
        public static partial void ReadAgain(ILogger logger, Partition partition);

        [LoggerMessage(2, LogLevel.Error, "{Count} events were handed out too often while the process crashed, and went to the dead letters (delivery_count).")]
        public static partial void TooManyClaims(ILogger logger, int count);
    }
}
