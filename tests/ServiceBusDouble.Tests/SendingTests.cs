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
        received.LockedUntil.ShouldBeGreaterThan(received.EnqueuedTime);
    }
}
