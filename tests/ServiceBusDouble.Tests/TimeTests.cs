using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;
using ServiceBusDouble.Tests.Support;

namespace ServiceBusDouble.Tests;

/// <summary>What the broker does by itself as time passes: schedules, lifetimes, the duplicate window.</summary>
public sealed class TimeTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public async Task A_scheduled_message_becomes_receivable_when_it_is_due_under_a_new_number()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(time: _time);
        long scheduled = await connected.Sender.ScheduleMessageAsync(Some.Message("later"), _time.GetUtcNow() + TimeSpan.FromHours(1));
        await connected.Sender.SendMessageAsync(Some.Message("now"));
        (await connected.Receiver().PeekMessageAsync(scheduled)).State.ShouldBe(ServiceBusMessageState.Scheduled);

        _time.Advance(TimeSpan.FromHours(1));

        connected.Queue.Messages.Select(message => message.BodyText).ShouldBe(["now", "later"]);
        connected.Queue.Messages[1].SequenceNumber.ShouldBeGreaterThan(scheduled);
        connected.Queue.ScheduledCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_sent_with_a_time_to_enqueue_waits_like_a_scheduled_one()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(time: _time);
        ServiceBusMessage message = Some.Message();
        message.ScheduledEnqueueTime = _time.GetUtcNow() + TimeSpan.FromHours(1);

        await connected.Sender.SendMessageAsync(message);

        (connected.Queue.ScheduledCount, connected.Queue.ActiveCount).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_cancelled_message_is_gone_and_cannot_be_cancelled_again()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(time: _time);
        long scheduled = await connected.Sender.ScheduleMessageAsync(Some.Message(), _time.GetUtcNow() + TimeSpan.FromHours(1));

        await connected.Sender.CancelScheduledMessageAsync(scheduled);
        ServiceBusException again = await Should.ThrowAsync<ServiceBusException>(() => connected.Sender.CancelScheduledMessageAsync(scheduled));

        connected.Queue.ScheduledCount.ShouldBe(0);
        again.Reason.ShouldBe(ServiceBusFailureReason.MessageNotFound);
    }

    [Fact]
    public async Task An_expired_message_vanishes()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(time: _time);
        ServiceBusMessage message = Some.Message();
        message.TimeToLive = TimeSpan.FromMinutes(5);
        await connected.Sender.SendMessageAsync(message);

        _time.Advance(TimeSpan.FromMinutes(5));

        (connected.Queue.ActiveCount, connected.Queue.DeadLetterCount).ShouldBe((0, 0));
    }

    [Fact]
    public async Task An_expired_message_becomes_a_dead_letter_where_the_queue_says_so()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(
            definition => definition with { DefaultTimeToLive = TimeSpan.FromDays(14), DeadLetteringOnMessageExpiration = true },
            _time);
        await connected.Sender.SendMessageAsync(Some.Message());
        (await connected.Receiver().PeekMessageAsync()).TimeToLive.ShouldBe(TimeSpan.FromDays(14));

        _time.Advance(TimeSpan.FromDays(14));
        ServiceBusReceivedMessage dead = await connected.DeadLetterReceiver().ReceiveMessageAsync(ConnectedBroker.Patience);
        _time.Advance(TimeSpan.FromDays(100));

        dead.DeadLetterReason.ShouldBe("TTLExpiredException");
        connected.Queue.DeadLetterCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_id_is_taken_again_after_the_window()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(definition => definition with { DuplicateDetectionWindow = TimeSpan.FromDays(7) }, _time);
        await connected.Sender.SendMessageAsync(Some.Message(id: "m-1"));
        ServiceBusReceiver receiver = connected.Receiver(ServiceBusReceiveMode.ReceiveAndDelete);
        await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        _time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromSeconds(1));
        await connected.Sender.SendMessageAsync(Some.Message(id: "m-1"));
        connected.Queue.ActiveCount.ShouldBe(0);
        _time.Advance(TimeSpan.FromSeconds(1));
        await connected.Sender.SendMessageAsync(Some.Message(id: "m-1"));

        connected.Queue.ActiveCount.ShouldBe(1);
    }
}
