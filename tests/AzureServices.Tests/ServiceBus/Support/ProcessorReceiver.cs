using System.Collections.Concurrent;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>
/// The way events take in production, as the contract of all queues sees it: a session processor hands a message to the message handler, and the delivery
/// that the handler waits for is what a test does with the lease. One processor and one session a lease, so that nothing is held that no test asked for.
/// </summary>
internal sealed class ProcessorReceiver(ServiceBusClient client, string queueName, EventSettling settling, EventsInHand inHand, TimeProvider time)
    : IEventReceiver, IAsyncDisposable
{
    private readonly ConcurrentDictionary<Lease, bool> _open = new();

    public async Task<IPartitionLease> ReceiveAsync(Lane lane, int maxEvents, CancellationToken cancellationToken)
    {
        List<Lease> others = [];
        try
        {
            while (true)
            {
                Lease lease = new(this);
                _open[lease] = true;
                others.Add(lease);
                await lease.OpenAsync(cancellationToken);
                if (lease.Partition.Lane == lane)
                {
                    others.Remove(lease);
                    return lease;
                }
            }
        }
        finally
        {
            foreach (Lease other in others)
            {
                await other.DisposeAsync();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Lease lease in _open.Keys)
        {
            await lease.DisposeAsync();
        }
    }

    internal sealed class Lease : IPartitionLease
    {
        private readonly ProcessorReceiver _receiver;
        private readonly ServiceBusSessionProcessor _processor;
        private readonly ServiceBusMessageHandler _handler;
        private readonly CancellationTokenSource _givenBack = new();
        private readonly TaskCompletionSource<ReceivedEvent> _received = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource<DeliveryAttempt> _decided = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private ReceivedEvent? _event;
        private Func<FailureHistory, Task>? _keep;
        private ProcessorSettlement? _settlement;
        private bool _isOpen;
        private int _settled;
        private int _disposed;

        public Lease(ProcessorReceiver receiver)
        {
            _receiver = receiver;
            TimeProvider time = receiver.Time;
            _handler = new ServiceBusMessageHandler(
                DeliverAsync, receiver.Settling, new EventsInHand(), new DeliverySettings(), new DestinationMetrics(Some.Meters()), time, new Random(1), NullLogger<ServiceBusMessageHandler>.Instance);
            _processor = receiver.CreateProcessor();
            _processor.ProcessMessageAsync += OnMessageAsync;
            _processor.ProcessErrorAsync += static _ => Task.CompletedTask;
        }

        public Partition Partition => Received.Envelope.Partition;

        public IReadOnlyList<ReceivedEvent> Events => [Received];

        public CancellationToken Lost { get; private set; }

        /// <summary>Until when the session is locked.</summary>
        public DateTimeOffset LockedUntil => _settlement!.SessionLockedUntil;

        private ReceivedEvent Received => _event ?? throw new InvalidOperationException("Nothing was received.");

        public Task RenewAsync() => _settlement!.RenewSessionLockAsync(CancellationToken.None);

        public async Task OpenAsync(CancellationToken cancellationToken)
        {
            await _processor.StartProcessingAsync(cancellationToken);
            await _received.Task.WaitAsync(cancellationToken);
            _isOpen = true;
            _receiver.InHand.Add(Partition.Lane, 1);
        }

        public Task SettleAsync(ReceivedEvent received, DeliveryAttempt attempt)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            if (received.SequenceNumber != Received.SequenceNumber || Interlocked.Exchange(ref _settled, 1) != 0)
            {
                throw new InvalidOperationException("The event is not of this run or was settled before.");
            }

            _decided.SetResult(attempt);
            return _handled.Task;
        }

        public Task KeepAsync(ReceivedEvent received, FailureHistory history)
        {
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            return received.SequenceNumber == Received.SequenceNumber && Volatile.Read(ref _settled) == 0
                ? _keep!(history)
                : throw new InvalidOperationException("The event is not of this run or was settled before.");
        }

        public async ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
            {
                return;
            }

            _receiver._open.TryRemove(this, out _);
            await _givenBack.CancelAsync();
            await _processor.DisposeAsync();
            if (_isOpen)
            {
                _receiver.InHand.Add(Partition.Lane, -1);
            }
        }

        // What is not decided when the lease is given back breaks off, which settles nothing.
        private Task<DeliveryAttempt> DeliverAsync(ReceivedEvent received, Func<FailureHistory, Task> keep, CancellationToken lost)
        {
            _keep = keep;
            Lost = lost;
            _event = received;
            _received.SetResult(received);
            return _decided.Task.WaitAsync(_givenBack.Token);
        }

        private async Task OnMessageAsync(ProcessSessionMessageEventArgs args)
        {
            _settlement = new ProcessorSettlement(args);
            await _handler.HandleAsync(args.Message, _settlement, _givenBack.Token);
            if (_received.Task.IsCompleted)
            {
                _handled.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, _givenBack.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                args.ReleaseSession();
            }
        }
    }

    private EventSettling Settling => settling;

    private EventsInHand InHand => inHand;

    private TimeProvider Time => time;

    // By a clock that the test moves a lock has ended long ago for the client, which goes by the real one: only the handler may renew it.
    private ServiceBusSessionProcessor CreateProcessor() => client.CreateSessionProcessor(queueName, new ServiceBusSessionProcessorOptions
    {
        AutoCompleteMessages = false,
        MaxConcurrentSessions = 1,
        MaxConcurrentCallsPerSession = 1,
        SessionIdleTimeout = TimeSpan.FromSeconds(1),
        MaxAutoLockRenewalDuration = time == TimeProvider.System ? TimeSpan.FromHours(1) : TimeSpan.Zero,
    });
}
