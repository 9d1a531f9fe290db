using Amqp;
using Amqp.Framing;
using Amqp.Sasl;
using Azure.Messaging.ServiceBus;
using ServiceBusDouble.Tests.Support;

namespace ServiceBusDouble.Tests;

public sealed class SendingTests
{
    [Fact]
    public async Task A_message_arrives_as_it_was_sent()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        await connected.Sender.SendMessageAsync(new ServiceBusMessage("{\"a\":1}")
        {
            MessageId = "m-1",
            CorrelationId = "c-1",
            Subject = "track",
            ContentType = "application/json",
            ApplicationProperties = { ["attempts"] = 3, ["lane"] = "live", ["at"] = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc) },
        });

        ServiceBusReceivedMessage received = await connected.Receiver().ReceiveMessageAsync(ConnectedBroker.Patience);

        received.Body.ToString().ShouldBe("{\"a\":1}");
        received.MessageId.ShouldBe("m-1");
        received.CorrelationId.ShouldBe("c-1");
        received.Subject.ShouldBe("track");
        received.ContentType.ShouldBe("application/json");
        received.ApplicationProperties.ShouldBe(
            new Dictionary<string, object> { ["attempts"] = 3, ["lane"] = "live", ["at"] = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc) },
            ignoreOrder: true);
        received.SequenceNumber.ShouldBe(1);
        received.EnqueuedSequenceNumber.ShouldBe(1);
        received.DeliveryCount.ShouldBe(1);
        received.State.ShouldBe(ServiceBusMessageState.Active);
        (received.LockedUntil - received.EnqueuedTime).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(1) - TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public async Task A_batch_is_as_large_as_the_link_allows_and_arrives_whole_and_in_order()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(definition => definition with { MaxMessageSize = 20_000 });
        using ServiceBusMessageBatch batch = await connected.Sender.CreateMessageBatchAsync();
        string filler = new('x', 1_000);
        int count = 0;
        while (batch.TryAddMessage(Some.Message($"{count}-{filler}")))
        {
            count++;
        }

        await connected.Sender.SendMessagesAsync(batch);

        batch.MaxSizeInBytes.ShouldBe(20_000);
        count.ShouldBeGreaterThan(10);
        connected.Queue.Messages.Select(message => message.BodyText.Split('-')[0]).ShouldBe(Enumerable.Range(0, count).Select(number => $"{number}"));
    }

    [Fact]
    public async Task A_batch_of_one_arrives()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        using ServiceBusMessageBatch batch = await connected.Sender.CreateMessageBatchAsync();
        batch.TryAddMessage(Some.Message("only")).ShouldBeTrue();

        await connected.Sender.SendMessagesAsync(batch);

        connected.Queue.Messages.ShouldHaveSingleItem().BodyText.ShouldBe("only");
    }

    [Fact]
    public async Task A_large_message_crosses_many_frames_both_ways()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();
        string body = new('é', 120_000);
        await connected.Sender.SendMessageAsync(Some.Message(body));

        ServiceBusReceivedMessage received = await connected.Receiver().ReceiveMessageAsync(ConnectedBroker.Patience);

        received.Body.ToString().ShouldBe(body);
    }

    [Fact]
    public async Task The_link_tells_the_client_the_largest_message()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();

        ServiceBusException refused = await Should.ThrowAsync<ServiceBusException>(() => connected.Sender.SendMessageAsync(Some.Message(new string('x', 262_144))));

        refused.Reason.ShouldBe(ServiceBusFailureReason.MessageSizeExceeded);
    }

    [Fact]
    public async Task A_message_too_large_is_refused_by_the_broker_when_a_client_sends_it_all_the_same()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(definition => definition with { MaxMessageSize = 1_000 });
        ConnectionFactory factory = new() { SASL = { Profile = SaslProfile.Anonymous } };
        Connection connection = await factory.CreateAsync(new Address("localhost", connected.Broker.Port, null, null, "/", "amqp"));
        SenderLink sender = new(new Session(connection), "raw", ConnectedBroker.QueueName);

        AmqpException refused = await Should.ThrowAsync<AmqpException>(() => sender.SendAsync(new Message { BodySection = new Data { Binary = new byte[1_000] } }));
        await connection.CloseAsync();

        refused.Error.Condition.ToString().ShouldBe("amqp:link:message-size-exceeded");
        connected.Queue.ActiveCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_queue_with_sessions_refuses_a_message_without_one()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithSessions();

        await Should.ThrowAsync<InvalidOperationException>(() => connected.Sender.SendMessageAsync(Some.Message()));

        connected.Queue.ActiveCount.ShouldBe(0);
    }

    [Fact]
    public async Task An_unknown_queue_is_not_found_by_sender_or_receiver()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions();

        ServiceBusException sending = await Should.ThrowAsync<ServiceBusException>(() => connected.Client.CreateSender("nowhere").SendMessageAsync(Some.Message()));
        ServiceBusException receiving = await Should.ThrowAsync<ServiceBusException>(() => connected.Client.CreateReceiver("nowhere").ReceiveMessageAsync());

        sending.Reason.ShouldBe(ServiceBusFailureReason.MessagingEntityNotFound);
        receiving.Reason.ShouldBe(ServiceBusFailureReason.MessagingEntityNotFound);
    }

    [Fact]
    public async Task A_repeated_message_id_is_accepted_and_dropped()
    {
        await using ConnectedBroker connected = ConnectedBroker.WithoutSessions(definition => definition with { DuplicateDetectionWindow = TimeSpan.FromDays(7) });

        await connected.Sender.SendMessageAsync(Some.Message("first", id: "m-1"));
        await connected.Sender.SendMessageAsync(Some.Message("again", id: "m-1"));
        await connected.Sender.SendMessagesAsync([Some.Message("again", id: "m-1"), Some.Message("other", id: "m-2")]);

        connected.Queue.Messages.Select(message => message.BodyText).ShouldBe(["first", "other"]);
    }

    [Fact]
    public async Task One_broker_holds_several_queues()
    {
        await using BrokerDouble broker = BrokerDouble.Start(new QueueDefinition("one"), new QueueDefinition("two"));
        await using ServiceBusClient client = new(broker.ConnectionString);

        await client.CreateSender("one").SendMessageAsync(Some.Message());
        await client.CreateSender("TWO").SendMessagesAsync([Some.Message(), Some.Message()]);

        (broker["one"].ActiveCount, broker["two"].ActiveCount).ShouldBe((1, 2));
    }
}
