using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.ServiceBus.Receiving;

/// <summary>A session in one consumer's hands, with its oldest event.</summary>
internal sealed class ServiceBusPartitionLease : IPartitionLease
{
    private readonly SessionInHand _session;
    private readonly EventSettling _settling;
    private readonly EventsInHand _inHand;
    private int _settled;
    private volatile bool _hasState;
    private int _returned;

    public ServiceBusPartitionLease(SessionInHand session, EventSettling settling, EventsInHand inHand)
    {
        _session = session;
        _settling = settling;
        _inHand = inHand;
        _hasState = session.HasState;
        Events = [session.Received];
        _inHand.Add(Partition.Lane, 1);
    }

    public Partition Partition => _session.Received.Envelope.Partition;

    public IReadOnlyList<ReceivedEvent> Events { get; }

    public CancellationToken Lost => _session.Lost;

    public Task SettleAsync(ReceivedEvent received, DeliveryAttempt attempt)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _returned) != 0, this);
        if (received.SequenceNumber != _session.Received.SequenceNumber || Interlocked.Exchange(ref _settled, 1) != 0)
        {
            throw new InvalidOperationException("The event is not of this run or was settled before.");
        }

        // With the lock the broker took the event back already.
        return attempt.Settlement is Settlement.Release && Lost.IsCancellationRequested
            ? Task.CompletedTask
            : _settling.SettleAsync(_session.Message, received, _hasState, attempt);
    }

    public Task KeepAsync(ReceivedEvent received, FailureHistory history)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _returned) != 0, this);
        if (received.SequenceNumber != _session.Received.SequenceNumber || Volatile.Read(ref _settled) != 0)
        {
            throw new InvalidOperationException("The event is not of this run or was settled before.");
        }

        _hasState = true;
        return _settling.TryAsync(token => _session.Message.SetSessionStateAsync(SessionState.Of(received.Envelope.MessageId, history), token));
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _returned, 1) != 0)
        {
            return;
        }

        try
        {
            await _session.DisposeAsync();
        }
        finally
        {
            _inHand.Add(Partition.Lane, -1);
        }
    }
}
