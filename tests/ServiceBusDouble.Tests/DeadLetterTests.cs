using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;
using ServiceBusDouble.Tests.Support;

namespace ServiceBusDouble.Tests;

public sealed class DeadLetterTests
{
    [Fact]
    public async Task A_dead_letter_keeps_body_and_properties_and_tells_why()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        ServiceBusMessage sent = Some.Message("the event", id: "m-1");
        sent.ApplicationProperties["kind"] = "track";
        await connected.Sender.SendMessageAsync(sent);
        ServiceBusReceiver receiver = connected.Receiver();

        await receiver.DeadLetterMessageAsync(
            await receiver.ReceiveMessageAsync(ConnectedBroker.Patience),
            new Dictionary<string, object> { ["attempts"] = 3 },
            "limit_exceeded",
            "name: 120 of 100 bytes");
        ServiceBusReceivedMessage dead = await connected.DeadLetterReceiver().ReceiveMessageAsync(ConnectedBroker.Patience);

        dead.Body.ToString().ShouldBe("the event");
        dead.MessageId.ShouldBe("m-1");
        dead.DeadLetterReason.ShouldBe("limit_exceeded");
        dead.DeadLetterErrorDescription.ShouldBe("name: 120 of 100 bytes");
        dead.DeadLetterSource.ShouldBe(ConnectedBroker.QueueName);
        dead.ApplicationProperties["kind"].ShouldBe("track");
        dead.ApplicationProperties["attempts"].ShouldBe(3);
        connected.Queue.ActiveCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_may_be_dead_lettered_without_a_reason()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();

        await receiver.DeadLetterMessageAsync(await receiver.ReceiveMessageAsync(ConnectedBroker.Patience));

        connected.Queue.DeadLetters.ShouldHaveSingleItem().DeadLetterReason.ShouldBeNull();
    }

    [Fact]
    public async Task Dead_letters_of_a_queue_with_sessions_are_received_and_settled_without_one()
    {
        await using ConnectedBroker connected = await WithDeadLettersAsync(2);
        ServiceBusReceiver receiver = connected.DeadLetterReceiver();

        IReadOnlyList<ServiceBusReceivedMessage> dead = await receiver.ReceiveMessagesAsync(2, ConnectedBroker.Patience);
        await receiver.CompleteMessageAsync(dead[0]);

        dead[0].SessionId.ShouldBe("s-1");
        connected.Queue.DeadLetterCount.ShouldBe(1);
    }

    [Fact]
    public async Task An_abandoned_dead_letter_comes_straight_back_however_often()
    {
        await using ConnectedBroker connected = await WithDeadLettersAsync(1);
        ServiceBusReceiver receiver = connected.DeadLetterReceiver();

        for (int i = 0; i < 5; i++)
        {
            await receiver.AbandonMessageAsync(await receiver.ReceiveMessageAsync(ConnectedBroker.Patience));
        }

        connected.Queue.DeadLetters.ShouldHaveSingleItem().DeliveryCount.ShouldBe(5);
    }

    [Fact]
    public async Task Dead_letters_are_peeked_by_page_without_being_locked()
    {
        await using ConnectedBroker connected = await WithDeadLettersAsync(5);
        ServiceBusReceiver receiver = connected.DeadLetterReceiver();

        IReadOnlyList<ServiceBusReceivedMessage> first = await receiver.PeekMessagesAsync(3, fromSequenceNumber: 0);
        IReadOnlyList<ServiceBusReceivedMessage> second = await receiver.PeekMessagesAsync(3, fromSequenceNumber: first[^1].SequenceNumber + 1);

        first.Concat(second).Select(message => message.Body.ToString()).ShouldBe(["0", "1", "2", "3", "4"]);
        connected.Queue.DeadLetters.ShouldAllBe(message => !message.IsLocked);
    }

    [Fact]
    public async Task A_dead_letter_is_settled_under_a_renewed_lock()
    {
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        await using ConnectedBroker connected = await WithDeadLettersAsync(1, time);
        ServiceBusReceiver receiver = connected.DeadLetterReceiver();
        ServiceBusReceivedMessage dead = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        time.Advance(TimeSpan.FromSeconds(50));
        await receiver.RenewMessageLockAsync(dead);
        time.Advance(TimeSpan.FromSeconds(50));
        await receiver.CompleteMessageAsync(dead);

        connected.Queue.DeadLetterCount.ShouldBe(0);
    }

    private static async Task<ConnectedBroker> WithDeadLettersAsync(int count, TimeProvider? time = null)
    {
        ConnectedBroker connected = ConnectedBroker.WithSessions(time: time);
        await connected.Sender.SendMessagesAsync(Enumerable.Range(0, count).Select(number => Some.Message($"{number}", session: "s-1")));
        await using ServiceBusSessionReceiver receiver = await connected.Client.AcceptSessionAsync(ConnectedBroker.QueueName, "s-1");
        for (int i = 0; i < count; i++)
        {
            await receiver.DeadLetterMessageAsync(await receiver.ReceiveMessageAsync(ConnectedBroker.Patience), "rejected_by_customerio");
        }

        return connected;
    }
}
