using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Writing;

namespace CustomerIoDestination.SqliteQueue;

/// <summary>A partition in one worker's hands. The lease lives in this process's memory, so it is never lost.</summary>
internal sealed class SqlitePartitionLease : IPartitionLease
{
    private readonly QueueFile _file;
    private readonly RunBudget.Share _share;
    private readonly bool _hasMore;
    private readonly bool _isCounted;
    private readonly Lock _gate = new();
    private readonly HashSet<long> _open;
    private readonly List<Task> _settling = [];
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

            Task settled = _file.Writer.WriteAsync(new SettleCommand(received, attempt, _file.Leases));
            _settling.Add(settled);
            return settled;
        }
    }

    public Task KeepAsync(ReceivedEvent received, FailureHistory history)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_returned, this);
            return _open.Contains(received.SequenceNumber)
                ? _file.Writer.WriteAsync(new KeepCommand(received.SequenceNumber, history))
                : throw new InvalidOperationException("The event is not of this run or was settled before.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] settling;
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
        await Task.WhenAll(settling).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_isCounted && _open.Count > 0)
        {
            await UnclaimAsync();
        }

        int unsettled = _open.Count + settling.Count(settled => !settled.IsCompletedSuccessfully);
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
