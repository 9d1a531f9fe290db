using System.Collections.Concurrent;
using System.Threading.Channels;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.Tests.Support;

/// <summary>A receiver that hands out the runs it was given, once each, and keeps how they were settled.</summary>
internal sealed class StubQueue : IEventReceiver
{
    private readonly Channel<StubLease> _runs = Channel.CreateUnbounded<StubLease>();

    public ConcurrentQueue<(long Number, DeliveryAttempt Attempt)> Settled { get; } = new();

    public ConcurrentQueue<(long Number, FailureHistory History)> Kept { get; } = new();

    /// <summary>How many events each call asked for at most.</summary>
    public ConcurrentQueue<int> Asked { get; } = new();

    /// <summary>What settling does beyond being kept.</summary>
    public Func<ReceivedEvent, Task> OnSettle { get; set; } = _ => Task.CompletedTask;

    public StubLease Add(params ReceivedEvent[] run)
    {
        StubLease lease = new(this, run);
        _runs.Writer.TryWrite(lease);
        return lease;
    }

    public async Task<IPartitionLease> ReceiveAsync(Lane lane, int maxEvents, CancellationToken cancellationToken)
    {
        Asked.Enqueue(maxEvents);
        if (lane == Lane.Import)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        return await _runs.Reader.ReadAsync(cancellationToken);
    }

    internal sealed class StubLease(StubQueue queue, IReadOnlyList<ReceivedEvent> run) : IPartitionLease
    {
        private readonly CancellationTokenSource _lost = new();
        private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Partition Partition => run[0].Envelope.Partition;

        public IReadOnlyList<ReceivedEvent> Events => run;

        public CancellationToken Lost => _lost.Token;

        public Task Disposed => _disposed.Task;

        public void Lose() => _lost.Cancel();

        public async Task SettleAsync(ReceivedEvent received, DeliveryAttempt attempt)
        {
            queue.Settled.Enqueue((received.SequenceNumber, attempt));
            await queue.OnSettle(received);
        }

        public Task KeepAsync(ReceivedEvent received, FailureHistory history)
        {
            queue.Kept.Enqueue((received.SequenceNumber, history));
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            _lost.Dispose();
            _disposed.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }
}
