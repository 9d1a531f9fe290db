using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>What the contract of all queues does not say: locks, sessions and messages of others.</summary>
public sealed class ReceivedEventTests : BrokerTests
{
    private readonly FakeTimeProvider _time;

    public ReceivedEventTests()
        : this(new FakeTimeProvider(Some.Now))
    {
    }

    private ReceivedEventTests(FakeTimeProvider time)
        : base(new ServiceBusQueueUnderTest(time: time)) => _time = time;

    [Fact]
    public async Task A_session_that_is_renewed_is_kept_for_a_minute_from_then()
    {
        await EnqueueAsync(Some.Envelope());
        await using var lease = (ProcessorReceiver.Lease)await ReceiveAsync();
        for (int seconds = 0; seconds < 600; seconds += 50)
        {
            _time.Advance(TimeSpan.FromSeconds(50));
            await lease.RenewAsync();

            (lease.LockedUntil - _time.GetUtcNow()).ShouldBe(TimeSpan.FromMinutes(1));
            Subject.Double.HeldSessions.ShouldContain("l-07");
        }

        await lease.SettleAsync(lease.Events[0], Some.Attempt(Settlement.Complete.Delivered));

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
        await lost.SettleAsync(lost.Events[0], Some.Attempt(new Settlement.Release("http_503", new FailureHistory(3, Some.Now))));
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

        Task settling = lost.SettleAsync(lost.Events[0], Some.Attempt(Settlement.Complete.Delivered));
        await Eventually.BecomesTrueAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return settling.IsCompleted;
        });

        Subject.Log.Entries.ShouldNotContain(entry => entry.Step == EventStep.Delivery);
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

    private Task<IPartitionLease> ReceiveAsync() => Subject.Receiver.ReceiveAsync(Lane.Live, 1, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
}
