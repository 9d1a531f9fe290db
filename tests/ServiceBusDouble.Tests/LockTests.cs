using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;
using ServiceBusDouble.Tests.Support;

namespace ServiceBusDouble.Tests;

public sealed class LockTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public async Task A_message_whose_lock_ran_out_goes_to_the_next_receiver_and_the_first_cannot_settle_it()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(time: _time);
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver slow = connected.Receiver();
        ServiceBusReceivedMessage held = await slow.ReceiveMessageAsync(ConnectedBroker.Patience);
        Task<ServiceBusReceivedMessage> next = connected.Receiver().ReceiveMessageAsync(ConnectedBroker.Patience);

        _time.Advance(TimeSpan.FromMinutes(1));
        ServiceBusReceivedMessage taken = await next;
        ServiceBusException lost = await Should.ThrowAsync<ServiceBusException>(() => slow.CompleteMessageAsync(held));

        taken.DeliveryCount.ShouldBe(2);
        lost.Reason.ShouldBe(ServiceBusFailureReason.MessageLockLost);
    }

    [Fact]
    public async Task A_renewed_lock_lasts_a_lock_duration_from_the_renewal()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(time: _time);
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        _time.Advance(TimeSpan.FromSeconds(50));
        await receiver.RenewMessageLockAsync(message);
        _time.Advance(TimeSpan.FromSeconds(50));
        await receiver.CompleteMessageAsync(message);

        connected.Queue.ActiveCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_lost_lock_cannot_be_renewed()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(time: _time);
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        _time.Advance(TimeSpan.FromMinutes(2));
        ServiceBusException lost = await Should.ThrowAsync<ServiceBusException>(() => receiver.RenewMessageLockAsync(message));

        lost.Reason.ShouldBe(ServiceBusFailureReason.MessageLockLost);
    }

    [Fact]
    public async Task A_closed_receiver_leaves_its_locks_to_run_out()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(time: _time);
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();
        await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        await receiver.CloseAsync();
        connected.Queue.Messages.ShouldHaveSingleItem().IsLocked.ShouldBeTrue();
        _time.Advance(TimeSpan.FromMinutes(1));

        connected.Queue.Messages.ShouldHaveSingleItem().IsLocked.ShouldBeFalse();
    }

    [Fact]
    public async Task On_the_real_clock_too_a_lock_runs_out_by_itself()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(definition => definition with { LockDuration = TimeSpan.FromMilliseconds(200) });
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();

        await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);
        ServiceBusReceivedMessage again = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        again.DeliveryCount.ShouldBe(2);
    }

    [Fact]
    public async Task The_processor_renews_the_lock_as_long_as_its_handler_works()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(definition => definition with { LockDuration = TimeSpan.FromSeconds(3) });
        await connected.Sender.SendMessageAsync(Some.Message());
        TaskCompletionSource renewed = new();
        List<int> deliveries = [];
        await using ServiceBusProcessor processor = connected.Client.CreateProcessor(ConnectedBroker.QueueName);
        processor.ProcessMessageAsync += async handled =>
        {
            deliveries.Add(handled.Message.DeliveryCount);
            DateTimeOffset first = handled.Message.LockedUntil;
            await Eventually.BecomesTrueAsync(() => handled.Message.LockedUntil > first);
            renewed.SetResult();
        };
        processor.ProcessErrorAsync += _ => Task.CompletedTask;

        await processor.StartProcessingAsync();
        await renewed.Task.WaitAsync(2 * ConnectedBroker.Patience);
        await Eventually.BecomesTrueAsync(() => connected.Queue.ActiveCount == 0);

        deliveries.ShouldBe([1]);
    }
}
