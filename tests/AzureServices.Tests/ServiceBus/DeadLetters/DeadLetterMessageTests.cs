using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.DeadLetters;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.DeadLetters;

public sealed class DeadLetterMessageTests
{
    [Theory]
    [InlineData("TTLExpiredException", DeadLetterReason.TtlExpired)]
    [InlineData("MaxDeliveryCountExceeded", DeadLetterReason.DeliveryCount)]
    [InlineData("rejected_by_customerio", DeadLetterReason.RejectedByCustomerIo)]
    [InlineData("no_email", DeadLetterReason.NoEmail)]
    [InlineData("moved by hand", DeadLetterReason.InvalidEvent)]
    [InlineData(null, DeadLetterReason.InvalidEvent)]
    public void The_reason_is_of_the_closed_set(string? written, DeadLetterReason read) =>
        DeadLetterMessage.Read(Message(written)).Reason.ShouldBe(read);

    [Fact]
    public void An_event_whose_time_ended_became_one_then() =>
        DeadLetterMessage.Read(Message("TTLExpiredException", timeToLive: TimeSpan.FromDays(14))).DeadLetteredAt.ShouldBe(Some.Now.AddDays(14));

    [Fact]
    public void A_dead_letter_the_broker_made_tells_only_when_it_was_queued() =>
        DeadLetterMessage.Read(Message("MaxDeliveryCountExceeded", timeToLive: TimeSpan.FromDays(14))).DeadLetteredAt.ShouldBe(Some.Now);

    [Fact]
    public void Ours_say_when_and_how_often()
    {
        DateTimeOffset at = Some.Now.AddHours(5);

        var deadLetter = DeadLetterMessage.Read(Message("expired", (MessagePropertyNames.DeadLetteredAt, at.ToUnixTimeMilliseconds()), (MessagePropertyNames.Attempts, 7)));

        (deadLetter.DeadLetteredAt, deadLetter.Attempts, deadLetter.EventTime).ShouldBe((at, 7, Some.Now));
    }

    private static ServiceBusReceivedMessage Message(string? reason, params (string Name, object Value)[] added) => Message(reason, TimeSpan.MaxValue, added);

    private static ServiceBusReceivedMessage Message(string? reason, TimeSpan timeToLive, params (string Name, object Value)[] added)
    {
        ServiceBusMessage sent = EnvelopeMessage.Write(Some.Envelope());
        foreach ((string name, object value) in added)
        {
            sent.ApplicationProperties[name] = value;
        }

        if (reason is not null)
        {
            sent.ApplicationProperties["DeadLetterReason"] = reason;
        }

        return ServiceBusModelFactory.ServiceBusReceivedMessage(
            sent.Body, sent.MessageId, sessionId: sent.SessionId, timeToLive: timeToLive, properties: sent.ApplicationProperties, enqueuedTime: Some.Now);
    }
}
