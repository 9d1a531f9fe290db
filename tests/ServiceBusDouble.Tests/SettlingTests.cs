using Azure.Messaging.ServiceBus;
using ServiceBusDouble.Tests.Support;

namespace ServiceBusDouble.Tests;

public sealed class SettlingTests
{
    [Fact]
    public async Task A_completed_message_is_gone()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);
        connected.Queue.Messages.ShouldHaveSingleItem().IsLocked.ShouldBeTrue();

        await receiver.CompleteMessageAsync(message);

        connected.Queue.ActiveCount.ShouldBe(0);
        (await receiver.ReceiveMessageAsync(ConnectedBroker.Moment)).ShouldBeNull();
    }

    [Fact]
    public async Task A_receiver_that_found_nothing_still_gets_what_comes_later_but_in_any_order()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        ServiceBusReceiver receiver = connected.Receiver();
        (await receiver.ReceiveMessageAsync(TimeSpan.FromMilliseconds(50))).ShouldBeNull();
        (await receiver.ReceiveMessagesAsync(10, TimeSpan.FromMilliseconds(50))).ShouldBeEmpty();

        await connected.Sender.SendMessagesAsync([Some.Message("a"), Some.Message("b")]);

        // The client releases what arrives between two receives, for credit it left behind; without sessions it does not drain.
        ServiceBusReceivedMessage[] received = [await receiver.ReceiveMessageAsync(ConnectedBroker.Patience), await receiver.ReceiveMessageAsync(ConnectedBroker.Patience)];
        received.Select(message => message.Body.ToString()).ShouldBe(["a", "b"], ignoreOrder: true);
        received.ShouldAllBe(message => message.DeliveryCount == 1);
    }

    [Fact]
    public async Task A_message_received_and_deleted_needs_no_settlement()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessageAsync(Some.Message());

        await connected.Receiver(ServiceBusReceiveMode.ReceiveAndDelete).ReceiveMessageAsync(ConnectedBroker.Patience);

        connected.Queue.ActiveCount.ShouldBe(0);
    }

    [Fact]
    public async Task An_abandoned_message_comes_back_at_once_with_a_higher_count_and_the_new_properties()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();

        await receiver.AbandonMessageAsync(await receiver.ReceiveMessageAsync(ConnectedBroker.Patience), new Dictionary<string, object> { ["tried"] = 1 });
        ServiceBusReceivedMessage again = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        again.DeliveryCount.ShouldBe(2);
        again.ApplicationProperties["tried"].ShouldBe(1);
    }

    [Fact]
    public async Task A_message_that_fails_too_often_is_dead_lettered_by_the_broker()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(definition => definition with { MaxDeliveryCount = 2 });
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();

        await receiver.AbandonMessageAsync(await receiver.ReceiveMessageAsync(ConnectedBroker.Patience));
        await receiver.AbandonMessageAsync(await receiver.ReceiveMessageAsync(ConnectedBroker.Patience));

        connected.Queue.ActiveCount.ShouldBe(0);
        connected.Queue.DeadLetters.ShouldHaveSingleItem().DeadLetterReason.ShouldBe("MaxDeliveryCountExceeded");
    }

    [Fact]
    public async Task A_deferred_message_is_received_by_its_number_only()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        await receiver.DeferMessageAsync(message, new Dictionary<string, object> { ["why"] = "later" });
        connected.Queue.DeferredCount.ShouldBe(1);
        (await receiver.ReceiveMessageAsync(ConnectedBroker.Moment)).ShouldBeNull();
        ServiceBusReceivedMessage deferred = await receiver.ReceiveDeferredMessageAsync(message.SequenceNumber);

        deferred.State.ShouldBe(ServiceBusMessageState.Deferred);
        deferred.ApplicationProperties["why"].ShouldBe("later");
        await receiver.CompleteMessageAsync(deferred);
        connected.Queue.DeferredCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_deferred_message_that_is_not_there_is_not_found()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();

        ServiceBusException failure = await Should.ThrowAsync<ServiceBusException>(() => connected.Receiver().ReceiveDeferredMessageAsync(17));

        failure.Reason.ShouldBe(ServiceBusFailureReason.MessageNotFound);
    }

    [Fact]
    public async Task A_message_can_be_settled_after_the_connection_broke_while_the_lock_lasts()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessageAsync(Some.Message());
        ServiceBusReceiver receiver = connected.Receiver();
        ServiceBusReceivedMessage message = await receiver.ReceiveMessageAsync(ConnectedBroker.Patience);

        connected.Broker.CutConnections();
        await Eventually.BecomesTrueAsync(async () =>
        {
            try
            {
                await receiver.CompleteMessageAsync(message);
                return true;
            }
            catch (ServiceBusException)
            {
                return false;
            }
        });

        connected.Queue.ActiveCount.ShouldBe(0);
    }
}
