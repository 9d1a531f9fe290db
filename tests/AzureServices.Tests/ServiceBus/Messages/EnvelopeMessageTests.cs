using Azure.Core.Amqp;
using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Messages;

public sealed class EnvelopeMessageTests
{
    public static TheoryData<EventKind> Kinds => [.. Enum.GetValues<EventKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_session_state_is_read_as_it_was_written(EventKind kind)
    {
        EventEnvelope envelope = Some.Envelope(partition: new Partition(Lane.Import, 63)) with
        {
            Kind = kind,
            QueuedAt = Some.Now.AddMilliseconds(1),
            ReplayCount = 3,
            AsOfNow = true,
            LifecycleAllowed = true,
            FromBrowser = true,
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };

        EventEnvelope read = EnvelopeMessage.Read(RecordedSettlement.Received(envelope)).ShouldBeOfType<EnvelopeReading.Readable>().Envelope;

        read.Body.ToArray().ShouldBe(envelope.Body.ToArray());
        (read with { Body = envelope.Body }).ShouldBe(envelope);
    }

    [Fact]
    public void The_message_is_the_raw_event_with_primitives_beside_it()
    {
        ServiceBusMessage message = EnvelopeMessage.Write(Some.Envelope() with { TraceParent = "00-a-b-01" });

        message.Body.ToArray().ShouldBe(Some.Envelope().Body.ToArray());
        message.MessageId.ShouldBe(Some.Envelope().MessageId);
        message.SessionId.ShouldBe("l-07");
        message.ContentType.ShouldBe("application/json");
        message.ApplicationProperties.Keys.ShouldBe(
            ["eventId", "kind", "queuedAt", "receivedAt", "replayCount", "asOfNow", "lifecycleAllowed", "traceparent"], ignoreOrder: true);
        message.ApplicationProperties.Values.ShouldAllBe(value => value is string || value is long || value is int || value is bool);
    }

    [Theory]
    [InlineData("eventId", null)]
    [InlineData("eventId", 7)]
    [InlineData("eventId", "someone@example.com")]
    [InlineData("eventId", "someone@example.com 123456")]
    [InlineData("kind", null)]
    [InlineData("kind", "delete")]
    [InlineData("queuedAt", null)]
    [InlineData("queuedAt", "yesterday")]
    [InlineData("queuedAt", -1L)]
    [InlineData("receivedAt", long.MaxValue)]
    public void A_message_with_a_part_missing_or_wrong_is_unreadable(string property, object? value)
    {
        ServiceBusReceivedMessage message = Changed(properties =>
        {
            properties.Remove(property);
            if (value is not null)
            {
                properties[property] = value;
            }
        });

        string problem = EnvelopeMessage.Read(message).ShouldBeOfType<EnvelopeReading.Unreadable>().Problem;

        problem.ShouldContain(property);
        problem.ShouldNotContain("someone");
    }

    [Theory]
    [InlineData("replayCount", "3")]
    [InlineData("asOfNow", "true")]
    [InlineData("traceparent", 7)]
    [InlineData("Diagnostic-Id", "added by somebody")]
    public void A_message_with_a_wrong_property_that_can_be_done_without_is_readable(string property, object value) =>
        EnvelopeMessage.Read(Changed(properties => properties[property] = value)).ShouldBeOfType<EnvelopeReading.Readable>();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("x-07")]
    [InlineData("somebody's session")]
    public void A_session_that_is_no_partition_is_unreadable(string? sessionId) =>
        EnvelopeMessage.Read(ServiceBusModelFactory.ServiceBusReceivedMessage(sessionId: sessionId)).ShouldBeOfType<EnvelopeReading.Unreadable>();

    [Fact]
    public void A_body_that_is_no_data_is_unreadable()
    {
        AmqpAnnotatedMessage raw = new(AmqpMessageBody.FromValue("text")) { Properties = { GroupId = "l-07" } };

        EnvelopeMessage.Read(ServiceBusReceivedMessage.FromAmqpMessage(raw, BinaryData.FromBytes(new byte[16])))
            .ShouldBeOfType<EnvelopeReading.Unreadable>().Problem.ShouldContain("body");
    }

    private static ServiceBusReceivedMessage Changed(Action<IDictionary<string, object>> change)
    {
        ServiceBusMessage sent = EnvelopeMessage.Write(Some.Envelope());
        change(sent.ApplicationProperties);
        return ServiceBusModelFactory.ServiceBusReceivedMessage(sent.Body, sent.MessageId, sessionId: sent.SessionId, properties: sent.ApplicationProperties);
    }
}
