using Azure.Messaging.ServiceBus;
using ServiceBusDouble.Tests.Support;

namespace ServiceBusDouble.Tests;

public sealed class PeekTests
{
    [Fact]
    public async Task Peeking_goes_on_where_it_stopped_and_can_start_anywhere()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessagesAsync([Some.Message("a"), Some.Message("b"), Some.Message("c"), Some.Message("d")]);
        ServiceBusReceiver receiver = connected.Receiver();

        string[] first = Bodies(await receiver.PeekMessagesAsync(2));
        string[] second = Bodies(await receiver.PeekMessagesAsync(2));
        string[] third = Bodies(await receiver.PeekMessagesAsync(2));
        string[] fromThree = Bodies(await receiver.PeekMessagesAsync(10, fromSequenceNumber: 3));

        first.ShouldBe(["a", "b"]);
        second.ShouldBe(["c", "d"]);
        third.ShouldBeEmpty();
        fromThree.ShouldBe(["c", "d"]);
    }

    [Fact]
    public async Task A_session_peeks_its_own_messages_and_a_sessionless_peek_sees_all()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();
        await connected.Sender.SendMessagesAsync([Some.Message("a", "s-1"), Some.Message("b", "s-2"), Some.Message("c", "s-1")]);
        ServiceBusSessionReceiver session = await connected.Client.AcceptSessionAsync(ConnectedBroker.QueueName, "s-1");

        Bodies(await session.PeekMessagesAsync(10)).ShouldBe(["a", "c"]);
        Bodies(await connected.Receiver().PeekMessagesAsync(10)).ShouldBe(["a", "b", "c"]);
    }

    [Fact]
    public async Task A_peek_sees_messages_that_are_held()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessageAsync(Some.Message("a"));
        await connected.Receiver().ReceiveMessageAsync(ConnectedBroker.Patience);

        Bodies(await connected.Receiver().PeekMessagesAsync(10)).ShouldBe(["a"]);
    }

    private static string[] Bodies(IEnumerable<ServiceBusReceivedMessage> messages) => [.. messages.Select(message => message.Body.ToString())];
}
