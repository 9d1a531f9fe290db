using System.Text;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Model;
using CustomerIoDestination.Tests.Support;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class DeliveryHandlerTests
{
    [Fact]
    public async Task An_event_is_delivered()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(200);

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track());

        attempt.ShouldBe(new DeliveryAttempt
        {
            At = Some.Now,
            EventId = Some.Track().Envelope.EventId,
            Kind = EventKind.Track,
            Lane = Lane.Live,
            ReceivedAt = Some.Now,
            Attempts = 1,
            HttpStatus = 200,
            Duration = TimeSpan.Zero,
            Settlement = Settlement.Complete.Delivered,
        });
        SentCall call = rig.Api.Calls.ShouldHaveSingleItem();
        call.Path.ShouldBe("/api/v1/customers/u-1/events");
        call.Body.ShouldContain("\"name\":\"Signed Up\"");
    }

    [Fact]
    public async Task Two_failures_and_a_success_are_three_attempts_and_two_retries()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(500).Reply(500).Reply(200);

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track());

        attempt.Outcome.ShouldBe(AttemptOutcome.Delivered);
        attempt.Attempts.ShouldBe(3);
        (await rig.Control.GetStatusAsync(default)).Counts.Retried.ShouldBe(2);
    }

    [Fact]
    public async Task A_rejected_event_is_dead_lettered_at_once()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(400, """{"meta":{"error":"event name must not be blank"}}""");

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track());

        Settlement.DeadLetter dead = attempt.Settlement.ShouldBeOfType<Settlement.DeadLetter>();
        (dead.Reason, dead.Description).ShouldBe((DeadLetterReason.RejectedByCustomerIo, "HTTP 400: event name must not be blank"));
        Encoding.UTF8.GetString(dead.Answer.Span).ShouldBe("""{"meta":{"error":"event name must not be blank"}}""");
        (attempt.Reason, attempt.HttpStatus, attempt.Attempts).ShouldBe(("rejected_by_customerio", 400, 1));
    }

    [Fact]
    public async Task An_event_without_any_identifier_is_dead_lettered_and_nothing_is_sent()
    {
        await using DeliveryRig rig = new();

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Event(EventKind.Track, """{"type":"track","event":"Signed Up"}"""));

        (attempt.Outcome, attempt.Reason, attempt.Attempts).ShouldBe((AttemptOutcome.DeadLettered, "missing_identifier", 0));
    }

    [Theory]
    [InlineData("{\"type\":\"track\",")]
    [InlineData("")]
    [InlineData("[1]")]
    [InlineData("\0")]
    public async Task A_body_that_is_no_event_is_dead_lettered_without_its_data(string body)
    {
        await using DeliveryRig rig = new();

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Event(EventKind.Track, body));

        attempt.Outcome.ShouldBe(AttemptOutcome.DeadLettered);
        attempt.Reason.ShouldBeOneOf("unreadable", "invalid_event");
    }

    [Fact]
    public async Task An_unidentified_identify_is_skipped_and_counted()
    {
        await using DeliveryRig rig = new();

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Event(EventKind.Identify, """{"type":"identify","anonymousId":"d","traits":{"plan":"pro"}}"""));

        (attempt.Outcome, attempt.Reason, attempt.Settlement).ShouldBe((AttemptOutcome.Skipped, "unidentified", new Settlement.Complete(SkipReason.Unidentified)));
        (await rig.Control.GetStatusAsync(default)).Counts.Skipped.ShouldBe(1);
    }

    [Fact]
    public async Task A_run_ends_in_order_and_stops_at_the_first_release()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(200).Reply(400).Always(_ => StubTrackApi.Response(503));
        List<(long Number, AttemptOutcome Outcome)> ended = [];

        await rig.RunAsync(
            rig.Handler.DeliverRunAsync([.. Enumerable.Range(1, 5).Select(i => Some.Track(i))], (received, attempt) => ended.Add((received.SequenceNumber, attempt.Outcome)), default),
            stepMs: 10_000);

        ended.ShouldBe([(1, AttemptOutcome.Delivered), (2, AttemptOutcome.DeadLettered), (3, AttemptOutcome.Released)]);
    }

    [Fact]
    public async Task One_canonical_line_tells_of_a_pass()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(500).Reply(400, "ann@example.com is not welcome");

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track());

        Encoding.UTF8.GetString(attempt.Settlement.ShouldBeOfType<Settlement.DeadLetter>().Answer.Span).ShouldBe("ann@example.com is not welcome");
        attempt.ToString().ShouldNotContain("ann@");
        var line = rig.Logs.GetSnapshot().ShouldHaveSingleItem();
        line.Category.ShouldBe(typeof(DeliveryHandler).FullName);
        line.Level.ShouldBe(LogLevel.Warning);
        line.Message.ShouldStartWith("Delivery ended: deadLettered, reason rejected_by_customerio, event 01M86PTPG00000000000000001 (track) of l-07, 2 calls, HTTP 400, ");
        line.Message.ShouldEndWith(" ms. HTTP 400; what Customer.io wrote may quote data and is kept with the event");
    }

    [Fact]
    public async Task A_replayed_event_tells_its_calls_and_first_failure_of_before_and_has_its_whole_retry_window_before_it()
    {
        await using DeliveryRig rig = new();
        DateTimeOffset before = rig.Time.GetUtcNow().AddDays(-30);
        ReceivedEvent replayed = Some.Track();
        rig.Api.Reply(503).Reply(503).Reply(503).Reply(400);

        DeliveryAttempt attempt = await DeliverAsync(rig, replayed with { Envelope = replayed.Envelope with { ReplayCount = 1, BeforeReplay = new FailureHistory(40, before) } });

        attempt.Settlement.ShouldBeOfType<Settlement.DeadLetter>().Reason.ShouldBe(DeadLetterReason.RejectedByCustomerIo, "and not expired");
        (attempt.Attempts, attempt.FirstFailedAt).ShouldBe((44, before));
    }

    [Fact]
    public async Task When_a_call_first_failed_is_told_and_nothing_where_none_did()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(400).Reply(503).Reply(503).Reply(503).Reply(400);
        DateTimeOffset began = rig.Time.GetUtcNow();

        DeliveryAttempt refused = await DeliverAsync(rig, Some.Track());
        DeliveryAttempt failed = await DeliverAsync(rig, Some.Track());

        refused.FirstFailedAt.ShouldBeNull();
        failed.FirstFailedAt.ShouldNotBeNull().ShouldBeInRange(began, failed.At);
    }

    private static Task<DeliveryAttempt> DeliverAsync(DeliveryRig rig, ReceivedEvent received, double stepMs = 100) =>
        rig.RunAsync(rig.Handler.DeliverAsync(received, default), stepMs);
}
