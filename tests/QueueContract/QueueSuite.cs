using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.QueueContract;

/// <summary>What the suites share: a fresh queue for each test, and short words for what is done with it.</summary>
/// <typeparam name="TQueue">What the suite needs the queue to be able to do.</typeparam>
public abstract class QueueSuite<TQueue> : IAsyncLifetime
    where TQueue : IQueueUnderTest
{
    /// <summary>How long something that must happen may take before the test fails: generous, since it is only waited out by a failure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private int _events;

    protected TQueue Subject { get; private set; } = default!;

    public async Task InitializeAsync() => Subject = await StartAsync();

    public async Task DisposeAsync() => await Subject.DisposeAsync();

    /// <summary>Starts a fresh, empty queue.</summary>
    protected abstract Task<TQueue> StartAsync();

    protected static Partition Live(int number) => new(Lane.Live, number);

    protected static Partition Import(int number) => new(Lane.Import, number);

    /// <summary>A new event, different from all others of the test.</summary>
    protected EventEnvelope Event(Partition partition, string body = """{"type":"track"}""")
    {
        _events++;
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(Subject.Clock.GetUtcNow().ToUnixTimeMilliseconds());
        return new EventEnvelope
        {
            EventId = Ulid.Of(now, _events),
            Kind = EventKind.Track,
            QueuedAt = now,
            ReceivedAt = now,
            Partition = partition,
            Body = Encoding.UTF8.GetBytes(body),
        };
    }

    protected async Task<EventEnvelope[]> SendAsync(params EventEnvelope[] envelopes)
    {
        EnqueueResult result = await Subject.Queue.EnqueueAsync(envelopes, CancellationToken.None);
        result.ShouldBe(EnqueueResult.Enqueued.All);
        return envelopes;
    }

    protected Task<IPartitionLease> ReceiveAsync(Lane lane = Lane.Live, int maxEvents = 1) =>
        Subject.Receiver.ReceiveAsync(lane, maxEvents, CancellationToken.None).WaitAsync(Patience);

    /// <summary>Receives the head of a partition, settles it and gives the partition back.</summary>
    protected Task<ReceivedEvent> HandleNextAsync(Settlement settlement, Lane lane = Lane.Live) => HandleNextAsync(settlement, static attempt => attempt, lane);

    /// <summary>Receives the head of a partition, settles it with an attempt changed so, and gives the partition back.</summary>
    protected async Task<ReceivedEvent> HandleNextAsync(Settlement settlement, Func<DeliveryAttempt, DeliveryAttempt> change, Lane lane = Lane.Live)
    {
        await using IPartitionLease lease = await ReceiveAsync(lane);
        ReceivedEvent received = lease.Events[0];
        await lease.SettleAsync(received, change(AttemptOf(received, settlement))).WaitAsync(Patience);
        return received;
    }

    protected Task SettleAsync(IPartitionLease lease, ReceivedEvent received, Settlement settlement) =>
        lease.SettleAsync(received, AttemptOf(received, settlement)).WaitAsync(Patience);

    protected DeliveryAttempt AttemptOf(ReceivedEvent received, Settlement settlement) => new()
    {
        At = DateTimeOffset.FromUnixTimeMilliseconds(Subject.Clock.GetUtcNow().ToUnixTimeMilliseconds()),
        EventId = received.Envelope.EventId,
        Kind = received.Envelope.Kind,
        Lane = received.Envelope.Lane,
        ReceivedAt = received.Envelope.ReceivedAt,
        ReplayCount = received.Envelope.ReplayCount,
        Attempts = 3,
        HttpStatus = 200,
        Duration = TimeSpan.FromMilliseconds(12),
        Settlement = settlement,
    };

    protected static Settlement.Complete Complete => Settlement.Complete.Delivered;

    protected static Settlement.DeadLetter DeadLetter(
        DeadLetterReason reason = DeadLetterReason.LimitExceeded, string description = "traits.bio: 1,400 bytes, limit 1,000") => new(reason, description);

    protected static Settlement.Release Release(int failedCalls = 0, DateTimeOffset? firstFailedAt = null) =>
        new("http_503", new FailureHistory(failedCalls, firstFailedAt));
}
