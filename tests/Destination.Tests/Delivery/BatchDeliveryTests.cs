using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class BatchDeliveryTests
{
    private static readonly DeliverySettings Batch = Batches.Settings;

    [Fact]
    public async Task A_run_travels_in_one_batch_in_its_order()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(200);

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 5);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered && attempt.Attempts == 1 && attempt.HttpStatus == 200);
        rig.Api.Calls.ShouldHaveSingleItem().Path.ShouldBe("/api/v2/batch");
        Batches.Numbers(rig.Api.Calls[0]).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task A_batch_taken_at_its_third_call_is_three_attempts_and_two_retries_of_each_event()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(503).Reply(503).Reply(200);

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 5);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered && attempt.Attempts == 3);
        (await rig.Control.GetStatusAsync(default)).Counts.Retried.ShouldBe(10);
    }

    [Fact]
    public async Task Events_of_many_partitions_share_a_batch()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(200);

        DeliveryAttempt[] attempts = await rig.RunAsync(
            Task.WhenAll(Enumerable.Range(1, 8).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i), default))), stepMs: 10);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        Batches.Numbers(rig.Api.Calls.ShouldHaveSingleItem()).Count.ShouldBe(8);
    }

    [Fact]
    public async Task A_full_batch_does_not_wait()
    {
        await using DeliveryRig rig = new(Batch with { BatchItems = 2 });
        rig.Api.Reply(200);
        List<DeliveryAttempt> attempts = [];

        // The clock stands still.
        await rig.Handler.DeliverRunAsync([Some.Track(1), Some.Track(2)], (_, attempt) => attempts.Add(attempt), default).WaitAsync(TimeSpan.FromSeconds(30));

        attempts.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData(207)]
    [InlineData(200)]
    public async Task Errors_settle_each_item_by_its_index(int status)
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(status, """{"errors":[{"batch_index":1,"field":"name","message":"event name must not be blank"},{"batch_index":1,"message":"other"},{"batch_index":3,"message":"other"}]}""");

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 5);

        attempts.Select(attempt => attempt.Outcome == AttemptOutcome.Delivered).ShouldBe([true, false, true, false, true]);
        Settlement.DeadLetter named = attempts[1].Settlement.ShouldBeOfType<Settlement.DeadLetter>();
        (named.Reason, named.Description).ShouldBe((DeadLetterReason.RejectedByCustomerIo, $"HTTP {status}: name: event name must not be blank"));
        Encoding.UTF8.GetString(named.Answer.Span).ShouldBe("""{"batch_index":1,"field":"name","message":"event name must not be blank"}""");
        attempts[3].Settlement.ShouldBeOfType<Settlement.DeadLetter>().Description.ShouldStartWith($"HTTP {status}");
    }

    [Fact]
    public async Task Any_other_refusal_of_a_batch_is_searched_too_once_a_ping_found_nothing_wrong()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(call => call.IsPing
            ? StubTrackApi.Response(200, """{"url":"http://track.test","region":"us","environment_id":3}""")
            : StubTrackApi.Response(call.Body.Contains("\"n\":6}", StringComparison.Ordinal) ? 451 : 200));

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 8);

        attempts.Select((attempt, index) => (index + 1, attempt.Outcome)).Where(pair => pair.Outcome != AttemptOutcome.Delivered).ShouldBe([(6, AttemptOutcome.DeadLettered)]);
        attempts[5].Settlement.ShouldBeOfType<Settlement.DeadLetter>().Description.ShouldStartWith("HTTP 451");
    }

    [Theory]
    [InlineData(400, "{}")]
    [InlineData(400, """{"meta":{"error":"malformed"}}""")]
    [InlineData(413, "")]
    [InlineData(207, """{"errors":[{"batch_index":99,"message":"x"}]}""")]
    [InlineData(207, """{"errors":[{"batch_index":-1,"message":"x"}]}""")]
    [InlineData(200, """{"errors":[{"message":"x"}]}""")]
    public async Task After_a_refusal_that_names_no_item_parts_are_sent_until_the_guilty_one_stands_alone(int status, string body)
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(call => call.Body.Contains("\"n\":6}", StringComparison.Ordinal) ? StubTrackApi.Response(status, body) : StubTrackApi.Response(200));

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 8);

        attempts.Select((attempt, index) => (index + 1, attempt.Outcome)).Where(pair => pair.Outcome != AttemptOutcome.Delivered).ShouldBe([(6, AttemptOutcome.DeadLettered)]);
        rig.Api.Calls.Select(call => string.Join(',', Batches.Numbers(call))).ShouldBe(["1,2,3,4,5,6,7,8", "1", "2,3,4,5", "6", "7", "8"]);
    }

    [Theory]
    [InlineData(60, 1, 52)] // Halving took 101: 50 rejections in a row pause the destination.
    [InlineData(60, 2, 63)] // 119.
    [InlineData(60, 10, 56)] // 51.
    [InlineData(60, 60, 16)] // 13.
    [InlineData(500, 500, 23)] // 19.
    public async Task Refusals_that_name_no_item_cost_few_calls_whether_one_event_is_guilty_or_all_are(int events, int everyNth, int most)
    {
        await using DeliveryRig rig = new(Batch with { BatchItems = events });
        rig.Api.Always(call => StubTrackApi.Response(Batches.Numbers(call).Exists(number => number % everyNth == everyNth / 2) ? 400 : 200));

        Task delivery = rig.Handler.DeliverRunAsync([.. Enumerable.Range(1, events).Select(i => Some.Track(i))], static (_, _) => { }, default);
        await rig.RunAsync(TimeSpan.FromSeconds(2), stepMs: 50);

        rig.Api.Calls.Count(call => !call.IsPing).ShouldBeLessThanOrEqualTo(most);
    }

    [Fact]
    public async Task When_a_refused_batch_names_the_guilty_the_rest_is_sent_again()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(400, """{"errors":[{"batch_index":0,"message":"x"},{"batch_index":2,"message":"x"}]}""").Reply(200);

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 4);

        attempts.Select(attempt => attempt.Outcome == AttemptOutcome.Delivered).ShouldBe([false, true, false, true]);
        Batches.Numbers(rig.Api.Calls[1]).ShouldBe([2, 4]);
    }

    [Fact]
    public async Task An_event_that_can_not_travel_in_a_batch_goes_alone_in_its_place()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        ReceivedEvent anonymous = Some.Track(3, userId: null);
        ReceivedEvent big = Some.Track(5, properties: $"{{\"n\":5,\"text\":\"{new string('x', 40_000)}\"}}");

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, [Some.Track(1), Some.Track(2), anonymous, Some.Track(4), big, Some.Track(6)]);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Select(call => call.Path).ShouldBe(
            ["/api/v2/batch", "/api/v1/events", "/api/v2/batch", "/api/v1/customers/u-1/events", "/api/v2/batch"]);
    }

    [Fact]
    public async Task Anonymous_events_may_travel_in_batches_when_the_settings_say_so()
    {
        await using DeliveryRig rig = new(Batch with { BatchAnonymous = true });
        rig.Api.Reply(200);

        await Batches.DeliverAsync(rig, [Some.Track(1), Some.Track(2, userId: null)]);

        rig.Api.Calls.ShouldHaveSingleItem().Body.ShouldContain("\"anonymous_id\"");
    }

    [Fact]
    public async Task A_batch_stays_within_half_a_megabyte()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        string text = new('x', 30_000);

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, [.. Enumerable.Range(1, 40).Select(i => Some.Track(i, properties: $"{{\"n\":{i},\"text\":\"{text}\"}}"))]);

        attempts.Count.ShouldBe(40);
        rig.Api.Calls.ShouldAllBe(call => call.Body.Length <= 500_000);
        rig.Api.Calls.Count.ShouldBe(3);
        rig.Api.Calls.SelectMany(Batches.Numbers).ShouldBe(Enumerable.Range(1, 40));
    }

    [Fact]
    public async Task Skipped_and_invalid_events_of_a_run_end_in_their_place()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(200);
        ReceivedEvent skipped = Some.Event(CustomerIoDestination.Model.EventKind.Identify, """{"type":"identify","anonymousId":"d","traits":{}}""", 2);
        ReceivedEvent invalid = Some.Event(CustomerIoDestination.Model.EventKind.Track, """{"type":"track","event":"x"}""", 3);

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, [Some.Track(1), skipped, invalid, Some.Track(4)]);

        attempts.Select(attempt => attempt.Outcome).ShouldBe(
            [AttemptOutcome.Delivered, AttemptOutcome.Skipped, AttemptOutcome.DeadLettered, AttemptOutcome.Delivered]);
        Batches.Numbers(rig.Api.Calls.ShouldHaveSingleItem()).ShouldBe([1, 4]);
    }

    [Fact]
    public async Task Stopping_takes_back_what_was_not_sent()
    {
        await using DeliveryRig rig = new(Batch);
        using CancellationTokenSource stopping = new();
        Task<DeliveryAttempt> waiting = rig.Handler.DeliverAsync(Some.Track(), stopping.Token);
        await Clock.SettleAsync();

        await stopping.CancelAsync();

        (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Reason.ShouldBe("stopping");
        rig.Api.Calls.ShouldBeEmpty();
    }
}
