using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.Tests.Support;

/// <summary>A queue and delivery log that keep what they are given, and answer as told.</summary>
internal sealed class RecordingQueue : IEventQueue, IDeliveryLog
{
    public List<EventEnvelope> Envelopes { get; } = [];

    public List<DeliveryLogEntry> Log { get; } = [];

    public EnqueueResult Next { get; set; } = EnqueueResult.Enqueued.All;

    public bool LogFails { get; set; }

    public Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken)
    {
        Envelopes.AddRange(envelopes);
        return Task.FromResult(Next);
    }

    public Task RecordAsync(IReadOnlyList<DeliveryLogEntry> entries, CancellationToken cancellationToken)
    {
        Log.AddRange(entries);
        return LogFails ? Task.FromException(new IOException("The disk is full.")) : Task.CompletedTask;
    }

    public Task<QueueRemoval> RemoveAsync(Predicate<ReadOnlyMemory<byte>> isWanted, SkipReason reason, CancellationToken cancellationToken)
    {
        lock (Envelopes)
        {
            return Task.FromResult(new QueueRemoval(Envelopes.RemoveAll(envelope => isWanted(envelope.Body)), 0, 0, More: false));
        }
    }

    public Task<QueueStatus?> GetStatusAsync(CancellationToken cancellationToken) =>
        Task.FromResult<QueueStatus?>(new QueueStatus(true, LaneStatus.Empty, LaneStatus.Empty, 0));

    public Task<DeliveryLogPage> ListAsync(DeliveryLogQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(new DeliveryLogPage(Log, null));

    public Task<EventStory?> FindStoryAsync(string eventId, CancellationToken cancellationToken) => Task.FromResult<EventStory?>(null);
}
