using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using Moq;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

/// <summary>What becomes of a message.</summary>
public sealed class SettlementTests : MessageHandlerTests
{
    [Fact]
    public async Task The_event_is_delivered_as_it_was_sent()
    {
        EventEnvelope sent = Some.Envelope() with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        await HandleAsync(sent);

        ReceivedEvent received = Delivered.ShouldHaveSingleItem();
        (received.Envelope with { Body = sent.Body }).ShouldBe(sent);
        received.SequenceNumber.ShouldBe(1);
        received.History.ShouldBe(FailureHistory.None);
        InHand.Of(Lane.Live).ShouldBe(0);
    }

    [Fact]
    public async Task A_delivered_event_is_completed_and_recorded()
    {
        await HandleAsync();

        Settled.Steps.ShouldBe(["complete"]);
        Log.Entries.ShouldHaveSingleItem().Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task What_is_repeated_is_sent_before_the_message_is_completed_and_until_it_was_sent_it_is_not()
    {
        EventEnvelope again = Some.Envelope().RepeatedAfter(Some.Time, TimeSpan.FromMinutes(2));
        Decision = new Settlement.Complete((SkipReason?)null) { Repeat = again };
        Again.SetupSequence(queue => queue.EnqueueAsync(It.IsAny<IReadOnlyList<EventEnvelope>>(), It.IsAny<CancellationToken>()))
            .ReturnsAsync(new EnqueueResult.Unavailable("queue_busy", TimeSpan.FromSeconds(10)))
            .ReturnsAsync(EnqueueResult.Enqueued.All);

        await SecondsAsync(() => HandleAsync());
        string[] refused = [.. Settled.Steps];
        Settled.Forget();
        await HandleAsync();

        refused.ShouldBe(["release"]);
        Settled.Steps.ShouldBe(["complete"]);
        Delivered.Count.ShouldBe(1);
        Again.Verify(queue => queue.EnqueueAsync(new[] { again }, It.IsAny<CancellationToken>()), Times.Exactly(2));
    }

    [Theory]
    [InlineData(DeadLetterReason.Expired, "dead-letter expired")]
    [InlineData(DeadLetterReason.RejectedByCustomerIo, "dead-letter rejected_by_customerio")]
    public async Task A_dead_letter_says_why_how_often_and_when(DeadLetterReason reason, string step)
    {
        Decision = Some.DeadLetter(reason, "why");

        await HandleAsync();

        Settled.Steps.ShouldBe([step]);
        Settled.Description.ShouldBe("why");
        Settled.Properties.ShouldBe(new Dictionary<string, object> { ["attempts"] = 5, ["deadLetteredAt"] = Some.Time.ToUnixTimeMilliseconds(), ["firstFailedAt"] = Some.Time.ToUnixTimeMilliseconds(), ["answer"] = "" }, ignoreOrder: true);
    }

    [Theory]
    [InlineData(4_096, 4_096)]
    [InlineData(4_097, 4_096)]
    public async Task A_description_is_no_longer_than_the_broker_takes(int given, int taken)
    {
        Decision = Some.DeadLetter(description: new string('x', given));

        await HandleAsync();

        Settled.Description!.Length.ShouldBe(taken);
    }

    [Fact]
    public async Task A_message_of_somebody_else_is_a_dead_letter_and_nothing_is_delivered()
    {
        await Handler.HandleAsync(
            ServiceBusModelFactory.ServiceBusReceivedMessage(BinaryData.FromString("secret@example.com"), sessionId: "l-07"), Settled, CancellationToken.None);

        Delivered.ShouldBeEmpty();
        Settled.Steps.ShouldBe(["dead-letter unreadable"]);
        Settled.Description!.ShouldContain(PropertyNames.EventId);
        Settled.Description!.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_lost_lock_is_told_and_left_to_redelivery()
    {
        Settled.Failures["complete"] = new ServiceBusException("lost", ServiceBusFailureReason.SessionLockLost);
        Settled.Failures["release"] = new ServiceBusException("lost", ServiceBusFailureReason.SessionLockLost);

        (await SecondsAsync(() => HandleAsync())).ShouldBe(5);

        Settled.Steps.ShouldBe(["complete", "release"]);
        Logger.LatestRecord.Message.ShouldContain(Some.Envelope().EventId);
        Log.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_that_could_not_be_settled_is_overtaken_by_no_later_one()
    {
        Settled.Failures["complete"] = new InvalidOperationException("gRPC");

        (await SecondsAsync(() => HandleAsync())).ShouldBe(5);

        Settled.Steps.ShouldBe(["complete", "release"]);
    }

    [Fact]
    public async Task A_message_of_somebody_else_that_can_not_be_settled_gives_the_session_up()
    {
        Settled.Failures["dead-letter"] = new InvalidOperationException("gRPC");

        (await SecondsAsync(() => Handler.HandleAsync(ServiceBusModelFactory.ServiceBusReceivedMessage(), Settled, CancellationToken.None))).ShouldBe(5);

        Settled.Steps.ShouldBe(["dead-letter unreadable", "release"]);
    }

    [Fact]
    public async Task A_log_that_fails_changes_no_settlement()
    {
        Log.Failure = new IOException();

        await HandleAsync();

        Settled.Steps.ShouldBe(["complete"]);
    }
}
