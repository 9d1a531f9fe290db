using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Receiving;

/// <summary>What the contract of all queues does not say: locks, sessions and messages of others.</summary>
public sealed class ReceiverTests : BrokerTests
{
    private readonly FakeTimeProvider _time;

    public ReceiverTests()
        : this(new FakeTimeProvider(Some.Time))
    {
    }

    private ReceiverTests(FakeTimeProvider time)
        : base(new ServiceBusQueueUnderTest(time: time)) => _time = time;

    [Fact]
    public async Task A_lease_is_kept_for_as_long_as_it_takes()
    {
        await EnqueueAsync(Some.Envelope());
        await using IPartitionLease lease = await ReceiveAsync();
        for (int seconds = 0; seconds < 600; seconds += 10)
        {
            DateTimeOffset until = Subject.Clock.GetUtcNow();
            _time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(5));
            Subject.Double.HeldSessions.ShouldContain("l-07", $"{until}");
        }

        await lease.SettleAsync(lease.Events[0], Some.Attempt(Settlement.Complete.Instance));

        Subject.Double.ActiveCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_lost_session_is_told_and_its_event_comes_again()
    {
        await EnqueueAsync(Some.Envelope());
        IPartitionLease lost = await ReceiveAsync();
        TaskCompletionSource told = new();
        await using CancellationTokenRegistration registration = lost.Lost.Register(told.SetResult);

        Subject.Double.DetachReceivers();
        await Eventually.BecomesTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return told.Task.IsCompleted;
        });
        await lost.SettleAsync(lost.Events[0], Some.Attempt(new Settlement.Release(new FailureHistory(3, Some.Time))));
        await lost.DisposeAsync();

        await using IPartitionLease again = await ReceiveAsync();
        again.Events[0].Envelope.EventId.ShouldBe(lost.Events[0].Envelope.EventId);
    }

    [Fact]
    public async Task An_event_whose_session_is_lost_can_not_be_completed()
    {
        await EnqueueAsync(Some.Envelope());
        await using IPartitionLease lost = await ReceiveAsync();
        Subject.Double.DetachReceivers();

        await Should.ThrowAsync<Exception>(() => lost.SettleAsync(lost.Events[0], Some.Attempt(Settlement.Complete.Instance)));

        Subject.Double.ActiveCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_of_somebody_else_stops_nothing()
    {
        await using ServiceBusSender sender = Subject.Client.CreateSender(ServiceBusQueueUnderTest.QueueName);
        await sender.SendMessagesAsync([new ServiceBusMessage("not ours") { SessionId = "somebody's" }, new ServiceBusMessage("not ours") { SessionId = "l-07" }]);
        await EnqueueAsync(Some.Envelope());

        await using IPartitionLease lease = await ReceiveAsync();

        lease.Events[0].Envelope.EventId.ShouldBe(Some.Envelope().EventId);
        Subject.Double.DeadLetters.ShouldAllBe(message => message.DeadLetterReason == "unreadable");
        Subject.Double.DeadLetterCount.ShouldBe(2);
    }

    [Fact]
    public async Task A_session_nobody_waits_for_is_given_back()
    {
        await EnqueueAsync(Some.Envelope(1, new Partition(Lane.Import, 1)), Some.Envelope(2));
        await using IPartitionLease live = await ReceiveAsync();
        Subject.Double.HeldSessions.ShouldBe(["i-01", "l-07"], ignoreOrder: true);

        await Eventually.BecomesTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return !Subject.Double.HeldSessions.Contains("i-01");
        });

        Subject.Double.HeldSessions.ShouldBe(["l-07"]);
    }

    [Fact]
    public async Task Many_consumers_drain_many_partitions_in_order()
    {
        EventEnvelope[] sent = [.. Enumerable.Range(0, 600).Select(number => Some.Envelope(number, new Partition(number % 3 == 0 ? Lane.Import : Lane.Live, number % 10)))];
        await EnqueueAsync(sent);
        List<EventEnvelope> received = [];
        using CancellationTokenSource done = new();

        async Task ConsumeAsync(Lane lane)
        {
            while (true)
            {
                await using IPartitionLease lease = await Subject.Receiver.ReceiveAsync(lane, 64, done.Token);
                lock (received)
                {
                    received.Add(lease.Events[0].Envelope);
                }

                await lease.SettleAsync(lease.Events[0], Some.Attempt(Settlement.Complete.Instance));
            }
        }

        Task[] consumers = [.. Enumerable.Range(0, 20).Select(number => ConsumeAsync(number % 2 == 0 ? Lane.Live : Lane.Import))];
        await Eventually.BecomesTrueAsync(() => Subject.Double.ActiveCount == 0);
        await done.CancelAsync();
        foreach (Task consumer in consumers)
        {
            await Should.ThrowAsync<OperationCanceledException>(() => consumer);
        }

        foreach (IGrouping<Partition, EventEnvelope> partition in sent.GroupBy(envelope => envelope.Partition))
        {
            received.Where(envelope => envelope.Partition == partition.Key).Select(envelope => envelope.EventId)
                .ShouldBe(partition.Select(envelope => envelope.EventId));
        }
    }

    private Task<IPartitionLease> ReceiveAsync() => Subject.Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
}
