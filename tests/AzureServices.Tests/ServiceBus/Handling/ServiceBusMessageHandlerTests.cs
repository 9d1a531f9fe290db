using Azure.Messaging.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.ServiceBus.Messages;
using CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Queueing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Handling;

public sealed class ServiceBusMessageHandlerTests
{
    private static readonly FailureHistory Failures = new(4, Some.Time.AddMinutes(-3));

    private readonly FakeTimeProvider _time = new(Some.Time);
    private readonly RecordedLog _log = new();
    private readonly RecordedSettlement _settlement = new();
    private readonly FakeLogger<ServiceBusMessageHandler> _logger = new();
    private readonly EventsInHand _inHand = new();
    private readonly ServiceBusMessageHandler _handler;
    private readonly List<ReceivedEvent> _delivered = [];
    private Settlement _decision = Settlement.Complete.Instance;
    private TimeSpan _takes = TimeSpan.Zero;

    public ServiceBusMessageHandlerTests() => _handler = new ServiceBusMessageHandler(
        (received, _) =>
        {
            _inHand.Of(received.Envelope.Lane).ShouldBe(1);
            _delivered.Add(received);
            _time.Advance(_takes);
            return Task.FromResult(Some.Attempt(_decision, attempts: 5));
        },
        new EventSettling(_log, NullLogger<EventSettling>.Instance),
        _inHand,
        _time,
        _logger);

    [Fact]
    public async Task The_event_is_delivered_as_it_was_sent()
    {
        EventEnvelope sent = Some.Envelope() with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };

        await HandleAsync(sent);

        ReceivedEvent received = _delivered.ShouldHaveSingleItem();
        (received.Envelope with { Body = sent.Body }).ShouldBe(sent);
        received.SequenceNumber.ShouldBe(1);
        received.History.ShouldBe(FailureHistory.None);
        _inHand.Of(Lane.Live).ShouldBe(0);
    }

    [Fact]
    public async Task A_delivered_event_is_completed_and_recorded()
    {
        await HandleAsync();

        _settlement.Steps.ShouldBe(["complete"]);
        _log.Entries.ShouldHaveSingleItem().Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Theory]
    [InlineData(DeadLetterReason.Expired, "dead-letter expired")]
    [InlineData(DeadLetterReason.RejectedByCustomerIo, "dead-letter rejected_by_customerio")]
    public async Task A_dead_letter_says_why_how_often_and_when(DeadLetterReason reason, string step)
    {
        _decision = Some.DeadLetter(reason, "why");

        await HandleAsync();

        _settlement.Steps.ShouldBe([step]);
        _settlement.Description.ShouldBe("why");
        _settlement.Properties.ShouldBe(new Dictionary<string, object> { ["attempts"] = 5, ["deadLetteredAt"] = Some.Time.ToUnixTimeMilliseconds() }, ignoreOrder: true);
    }

    [Theory]
    [InlineData(4_096, 4_096)]
    [InlineData(4_097, 4_096)]
    public async Task A_description_is_no_longer_than_the_broker_takes(int given, int taken)
    {
        _decision = Some.DeadLetter(description: new string('x', given));

        await HandleAsync();

        _settlement.Description!.Length.ShouldBe(taken);
    }

    [Fact]
    public async Task A_release_writes_the_failures_down_before_it_gives_the_session_up()
    {
        _decision = new Settlement.Release(Failures);

        await HandleAsync();

        _settlement.Steps.ShouldBe(["set-state", "release"]);
        _log.Entries.ShouldHaveSingleItem().Outcome.ShouldBe(AttemptOutcome.Released);
    }

    [Fact]
    public async Task A_release_without_failures_writes_nothing()
    {
        _decision = new Settlement.Release(FailureHistory.None);

        await HandleAsync();

        _settlement.Steps.ShouldBe(["release"]);
    }

    [Fact]
    public async Task The_next_delivery_knows_the_failures_and_its_end_forgets_them()
    {
        _decision = new Settlement.Release(Failures);
        await HandleAsync();
        _decision = Settlement.Complete.Instance;

        await HandleAsync();
        await HandleAsync(Some.Envelope(2));

        _delivered.Select(received => received.History).ShouldBe([FailureHistory.None, Failures, FailureHistory.None]);
        _settlement.Steps.ShouldBe(["set-state", "release", "complete", "set-state none", "complete"]);
    }

    [Fact]
    public async Task Failures_of_another_event_mean_nothing()
    {
        _settlement.State = SessionState.Of(Some.Envelope(2).MessageId, Failures);

        await HandleAsync();

        _delivered.ShouldHaveSingleItem().History.ShouldBe(FailureHistory.None);
    }

    [Fact]
    public async Task A_message_of_somebody_else_is_a_dead_letter_and_nothing_is_delivered()
    {
        await _handler.HandleAsync(
            ServiceBusModelFactory.ServiceBusReceivedMessage(BinaryData.FromString("secret@example.com"), sessionId: "l-07"), _settlement, CancellationToken.None);

        _delivered.ShouldBeEmpty();
        _settlement.Steps.ShouldBe(["dead-letter unreadable"]);
        _settlement.Description!.ShouldContain(PropertyNames.EventId);
        _settlement.Description!.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_lost_lock_is_told_and_left_to_redelivery()
    {
        _settlement.Failures["complete"] = new ServiceBusException("lost", ServiceBusFailureReason.SessionLockLost);
        _settlement.Failures["release"] = new ServiceBusException("lost", ServiceBusFailureReason.SessionLockLost);

        await HandleAsync();

        _settlement.Steps.ShouldBe(["complete", "release"]);
        _logger.LatestRecord.Message.ShouldContain(Some.Envelope().EventId);
        _log.Entries.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_that_could_not_be_settled_is_overtaken_by_no_later_one()
    {
        _settlement.Failures["complete"] = new InvalidOperationException("gRPC");

        await HandleAsync();

        _settlement.Steps.ShouldBe(["complete", "release"]);
    }

    [Fact]
    public async Task A_message_of_somebody_else_that_can_not_be_settled_gives_the_session_up()
    {
        _settlement.Failures["dead-letter"] = new InvalidOperationException("gRPC");

        await _handler.HandleAsync(ServiceBusModelFactory.ServiceBusReceivedMessage(), _settlement, CancellationToken.None);

        _settlement.Steps.ShouldBe(["dead-letter unreadable", "release"]);
    }

    [Fact]
    public async Task Without_the_state_nothing_is_delivered()
    {
        _settlement.Failures["get-state"] = new ServiceBusException("busy", ServiceBusFailureReason.ServiceBusy);

        await HandleAsync();

        _delivered.ShouldBeEmpty();
        _settlement.Steps.ShouldBe(["release"]);
    }

    [Fact]
    public async Task A_shutdown_gives_the_session_up()
    {
        await HandleAsync(cancellationToken: new CancellationToken(canceled: true));

        _delivered.ShouldBeEmpty();
        _settlement.Steps.ShouldBe(["release"]);
    }

    [Fact]
    public async Task A_log_that_fails_changes_no_settlement()
    {
        _log.Failure = new IOException();

        await HandleAsync();

        _settlement.Steps.ShouldBe(["complete"]);
    }

    [Fact]
    public async Task A_state_that_stays_changes_no_settlement()
    {
        _settlement.State = SessionState.Of(Some.Envelope().MessageId, Failures);
        _settlement.Failures["set-state"] = new ServiceBusException("busy", ServiceBusFailureReason.ServiceBusy);

        await HandleAsync();

        _settlement.Steps.ShouldBe(["complete", "set-state none"]);
    }

    [Fact]
    public async Task A_session_held_for_half_an_hour_is_given_up_after_settling()
    {
        _takes = TimeSpan.FromMinutes(10);
        for (int number = 0; number < 3; number++)
        {
            await HandleAsync(Some.Envelope(number));
        }

        await HandleAsync(Some.Envelope(3));

        _settlement.Steps.ShouldBe(["complete", "complete", "complete", "release", "complete"]);
    }

    [Fact]
    public async Task A_session_that_ran_empty_was_given_up_by_the_processor_and_begins_anew()
    {
        _takes = TimeSpan.FromMinutes(10);
        await HandleAsync(Some.Envelope(1));
        await HandleAsync(Some.Envelope(2));
        _time.Advance(TimeSpan.FromMinutes(2));
        await HandleAsync(Some.Envelope(3));

        _settlement.Steps.ShouldBe(["complete", "complete", "complete"]);
    }

    [Fact]
    public async Task Sessions_are_held_apart()
    {
        _takes = TimeSpan.FromMinutes(10);
        for (int number = 0; number < 4; number++)
        {
            await HandleAsync(Some.Envelope(number, new Partition(Lane.Live, number)));
        }

        _settlement.Steps.ShouldAllBe(step => step == "complete");
    }

    private Task HandleAsync(EventEnvelope? envelope = null, CancellationToken cancellationToken = default) =>
        _handler.HandleAsync(Some.Received(envelope ?? Some.Envelope()), _settlement, cancellationToken);
}
