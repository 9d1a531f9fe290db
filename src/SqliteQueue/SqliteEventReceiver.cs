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

/// <summary>A partition in one worker's hands. The lease lives in this process's memory, so it is never lost.</summary>
internal sealed class SqlitePartitionLease : IPartitionLease
{
    private readonly QueueFile _file;
    private readonly RunBudget.Share _share;
    private readonly bool _hasMore;
    private readonly bool _isCounted;
    private readonly Lock _gate = new();
    private readonly HashSet<long> _open;
    private readonly List<SettleBatch> _settling = [];
    private SettleBatch? _latest;
    private long _released = long.MaxValue;
    private bool _returned;

    public SqlitePartitionLease(
        QueueFile file, Partition partition, IReadOnlyList<ReceivedEvent> events, RunBudget.Share share, bool hasMore, bool isCounted)
    {
        _file = file;
        _share = share;
        _hasMore = hasMore;
        _isCounted = isCounted;
        _open = [.. events.Select(received => received.SequenceNumber)];
        Partition = partition;
        Events = events;
    }

    public Partition Partition { get; }

    public IReadOnlyList<ReceivedEvent> Events { get; }

    public CancellationToken Lost => CancellationToken.None;

    public Task SettleAsync(ReceivedEvent received, DeliveryAttempt attempt)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_returned, this);
            long sequence = received.SequenceNumber;
            if (sequence > _released)
            {
                throw new InvalidOperationException("An earlier event of the run was released: settling a later one would break the order.");
            }

            if (!_open.Remove(sequence))
            {
                throw new InvalidOperationException("The event is not of this run or was settled before.");
            }

            if (attempt.Settlement is Settlement.Release)
            {
                _released = sequence;
            }

            if (_latest is null || !_file.Writer.TryJoin(_latest, received, attempt))
            {
                _latest = new SettleBatch(Partition.Lane, _file.Leases);
                _latest.Add(received, attempt);
                _settling.Add(_latest);
                _file.Writer.Settle(_latest);
            }

            return _latest.Completion;
        }
    }

    public Task KeepAsync(ReceivedEvent received, FailureHistory history)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_returned, this);

            // What is settled later must not be written before it.
            _latest = null;
            return _open.Contains(received.SequenceNumber)
                ? _file.Writer.WriteAsync(new KeepCommand(received.SequenceNumber, history))
                : throw new InvalidOperationException("The event is not of this run or was settled before.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        SettleBatch[] settling;
        lock (_gate)
        {
            if (_returned)
            {
                return;
            }

            _returned = true;
            settling = [.. _settling];
        }

        // Whoever gets the partition next must see these settlements, or it would deliver their events again.
        await Task.WhenAll(settling.Select(static settled => settled.Completion)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_isCounted && _open.Count > 0)
        {
            await UnclaimAsync();
        }

        int unsettled = _open.Count + settling.Sum(static settled => settled.Failures);
        _share.Dispose();
        _file.Leases.Settled(Partition.Lane, unsettled);
        _file.Leases.Return(Partition, _hasMore || unsettled > 0 || _released != long.MaxValue);
    }

    /// <summary>The process lived to give them back, so they are no suspects. If that can't be stored they stay counted, which only costs a look more.</summary>
    private async Task UnclaimAsync()
    {
        Task unclaimed = _file.Writer.WriteAsync(new WriteWork<bool>(session =>
        {
            foreach (long sequence in _open)
            {
                session.Events.Unclaim(sequence);
            }

            return true;
        }));
        await unclaimed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
