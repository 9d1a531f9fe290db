using Azure.Messaging.ServiceBus;
using Microsoft.Extensions.Time.Testing;
using ServiceBusDouble.Tests.Support;

namespace ServiceBusDouble.Tests;

public sealed class SessionTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    [Fact]
    public async Task A_session_is_received_in_order()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await connected.Sender.SendMessagesAsync(Enumerable.Range(0, 30).Select(number => Some.Message($"{number}", session: $"s-{number % 3}")));
        ServiceBusSessionReceiver receiver = await connected.Client.AcceptSessionAsync(ConnectedBroker.QueueName, "s-1");

        List<string> bodies = [];
        while (bodies.Count < 10)
        {
            bodies.AddRange((await receiver.ReceiveMessagesAsync(4, ConnectedBroker.Patience)).Select(message => message.Body.ToString()));
        }

        bodies.ShouldBe(Enumerable.Range(0, 10).Select(number => $"{(number * 3) + 1}"));
    }

    [Fact]
    public async Task A_session_that_had_nothing_still_gives_what_comes_later_in_order()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        ServiceBusSessionReceiver receiver = await connected.Client.AcceptSessionAsync(ConnectedBroker.QueueName, "s-1");
        (await receiver.ReceiveMessagesAsync(10, TimeSpan.FromMilliseconds(50))).ShouldBeEmpty();

        await connected.Sender.SendMessagesAsync(Enumerable.Range(0, 5).Select(number => Some.Message($"{number}", session: "s-1")));

        List<string> bodies = [];
        while (bodies.Count < 5)
        {
            bodies.Add((await receiver.ReceiveMessageAsync(ConnectedBroker.Patience)).Body.ToString());
        }

        bodies.ShouldBe(["0", "1", "2", "3", "4"]);
    }

    [Fact]
    public async Task A_held_session_cannot_be_locked_by_another()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await using ServiceBusClient other = connected.Connect();
        ServiceBusSessionReceiver receiver = await connected.Client.AcceptSessionAsync(ConnectedBroker.QueueName, "s-1");

        ServiceBusException refused = await Should.ThrowAsync<ServiceBusException>(() => other.AcceptSessionAsync(ConnectedBroker.QueueName, "s-1"));

        refused.Reason.ShouldBe(ServiceBusFailureReason.SessionCannotBeLocked);
        connected.Queue.HeldSessions.ShouldBe(["s-1"]);
        receiver.IsClosed.ShouldBeFalse();
    }

    [Fact]
    public async Task The_next_session_is_a_free_one_with_messages()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await connected.Sender.SendMessagesAsync([Some.Message(session: "s-1"), Some.Message(session: "s-2")]);

        ServiceBusSessionReceiver first = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);
        ServiceBusSessionReceiver second = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);

        new[] { first.SessionId, second.SessionId }.ShouldBe(["s-1", "s-2"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_client_that_waits_for_the_next_session_gets_it_when_a_message_comes()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        Task<ServiceBusSessionReceiver> waiting = connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);

        await connected.Sender.SendMessageAsync(Some.Message(session: "s-7"));

        (await waiting).SessionId.ShouldBe("s-7");
    }

    [Fact]
    public async Task Waiting_for_the_next_session_ends_with_a_timeout()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await using ServiceBusClient impatient = connected.Connect(tryTimeout: TimeSpan.FromSeconds(1));

        ServiceBusException ended = await Should.ThrowAsync<ServiceBusException>(() => impatient.AcceptNextSessionAsync(ConnectedBroker.QueueName));

        ended.Reason.ShouldBe(ServiceBusFailureReason.ServiceTimeout);
    }

    [Fact]
    public async Task A_client_that_stops_waiting_does_not_get_the_session()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        using CancellationTokenSource stop = new(TimeSpan.FromMilliseconds(200));
        await Should.ThrowAsync<OperationCanceledException>(() => connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName, cancellationToken: stop.Token));

        await connected.Sender.SendMessageAsync(Some.Message(session: "s-1"));
        ServiceBusSessionReceiver receiver = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);

        receiver.SessionId.ShouldBe("s-1");
    }

    [Fact]
    public async Task The_state_of_a_session_outlives_its_holders()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await using (ServiceBusSessionReceiver first = await connected.Client.AcceptSessionAsync(ConnectedBroker.QueueName, "s-1"))
        {
            (await first.GetSessionStateAsync()).ShouldBeNull();
            await first.SetSessionStateAsync(BinaryData.FromString("attempts=3"));
        }

        await Eventually.BecomesTrueAsync(() => connected.Queue.HeldSessions.Count == 0);
        ServiceBusSessionReceiver second = await connected.Client.AcceptSessionAsync(ConnectedBroker.QueueName, "s-1");

        (await second.GetSessionStateAsync()).ToString().ShouldBe("attempts=3");
        await second.SetSessionStateAsync(null);
        (await second.GetSessionStateAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task A_closed_session_gives_back_what_it_held_without_counting()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await connected.Sender.SendMessageAsync(Some.Message(session: "s-1"));
        ServiceBusSessionReceiver first = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);
        await first.ReceiveMessageAsync(ConnectedBroker.Patience);

        await first.CloseAsync();
        ServiceBusSessionReceiver second = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);

        (await second.ReceiveMessageAsync(ConnectedBroker.Patience)).DeliveryCount.ShouldBe(1);
    }

    [Fact]
    public async Task A_session_whose_lock_ran_out_is_lost_and_its_messages_count_a_delivery()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions(time: _time);
        await connected.Sender.SendMessageAsync(Some.Message(session: "s-1"));
        ServiceBusSessionReceiver slow = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);
        ServiceBusReceivedMessage held = await slow.ReceiveMessageAsync(ConnectedBroker.Patience);

        _time.Advance(TimeSpan.FromMinutes(1));
        ServiceBusSessionReceiver next = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);
        ServiceBusReceivedMessage again = await next.ReceiveMessageAsync(ConnectedBroker.Patience);

        again.DeliveryCount.ShouldBe(2);
        await LostSession.ShouldBeReportedByAsync(() => slow.CompleteMessageAsync(held));
        await LostSession.ShouldBeReportedByAsync(() => slow.RenewSessionLockAsync());
        await next.CompleteMessageAsync(again);
        connected.Queue.ActiveCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_renewed_session_keeps_its_messages_past_the_first_lock()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions(time: _time);
        await connected.Sender.SendMessageAsync(Some.Message(session: "s-1"));
        ServiceBusSessionReceiver receiver = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);
        ServiceBusReceivedMessage held = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);
        DateTimeOffset before = receiver.SessionLockedUntil;

        _time.Advance(TimeSpan.FromSeconds(50));
        await receiver.RenewSessionLockAsync();
        _time.Advance(TimeSpan.FromSeconds(50));
        await receiver.CompleteMessageAsync(held);

        (receiver.SessionLockedUntil - before).ShouldBe(TimeSpan.FromSeconds(50), TimeSpan.FromMilliseconds(2));
        connected.Queue.ActiveCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_message_deferred_in_a_session_is_received_there_by_its_number()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await connected.Sender.SendMessageAsync(Some.Message(session: "s-1"));
        ServiceBusSessionReceiver receiver = await connected.Client.AcceptNextSessionAsync(ConnectedBroker.QueueName);
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        await receiver.DeferMessageAsync(message);
        ServiceBusReceivedMessage deferred = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);
        await receiver.CompleteMessageAsync(deferred);

        connected.Queue.DeferredCount.ShouldBe(0);
    }

    [Fact]
    public async Task Sessions_are_received_by_session_receivers_only_and_nothing_else_by_them()
    {
        await using ConnectedBroker with = ConnectedBroker.WithSessions();
        await using ConnectedBroker without = ConnectedBroker.WithoutSessions();

        await Should.ThrowAsync<InvalidOperationException>(() => with.Receiver().ReceiveMessageAsync());
        await Should.ThrowAsync<InvalidOperationException>(() => without.Client.AcceptSessionAsync(ConnectedBroker.QueueName, "s-1"));
    }
}
