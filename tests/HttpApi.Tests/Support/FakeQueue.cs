using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.HttpApi.Tests.Support;

/// <summary>Keeps what it is given; answers as told.</summary>
internal sealed class FakeQueue : IEventQueue
{
    public List<EventEnvelope> Envelopes { get; } = [];

    public EnqueueResult Answer { get; set; } = EnqueueResult.Enqueued.All;

    public QueueStatus? Status { get; set; } = new(CanEnqueue: true, LaneStatus.Empty, LaneStatus.Empty, DeadLettered: 0);

    public Exception? Failure { get; set; }

    public bool IsFileLost { get; set; }

    public Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken)
    {
        ThrowIfTold();
        lock (Envelopes)
        {
            Envelopes.AddRange(envelopes);
        }

        return Task.FromResult(Answer);
    }

    public Task<QueueRemoval> RemoveAsync(Predicate<ReadOnlyMemory<byte>> isWanted, SkipReason reason, CancellationToken cancellationToken)
    {
        lock (Envelopes)
        {
            return Task.FromResult(new QueueRemoval(Envelopes.RemoveAll(envelope => isWanted(envelope.Body)), 0, 0, More: false));
        }
    }

    public Task<QueueStatus?> GetStatusAsync(CancellationToken cancellationToken)
    {
        ThrowIfTold();
        return Task.FromResult(Status);
    }

    public async Task<QueueHealth> GetHealthAsync(CancellationToken cancellationToken) => IsFileLost ? QueueHealth.FileLost : await GetStatusAsync(cancellationToken) switch
    {
        null => QueueHealth.Unreachable,
        { CanEnqueue: true } => QueueHealth.Taking,
        _ => QueueHealth.Refusing,
    };

    private void ThrowIfTold()
    {
        if (Failure is not null)
        {
            throw Failure;
        }
    }
}
