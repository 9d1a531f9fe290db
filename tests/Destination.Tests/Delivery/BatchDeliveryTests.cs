using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class BatchDeliveryTests
{
    private static readonly DeliverySettings Batch = new() { Mode = DeliveryMode.Batch, RequestsPerSecond = 1000, BatchItems = 100 };

    [Fact]
    public async Task A_run_travels_in_one_batch_in_its_order()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(200);

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 5);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered && attempt.Attempts == 1 && attempt.HttpStatus == 200);
        rig.Api.Calls.ShouldHaveSingleItem().Path.ShouldBe("/api/v2/batch");
        Numbers(rig.Api.Calls[0]).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task Events_of_many_partitions_share_a_batch()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(200);

        DeliveryAttempt[] attempts = await rig.RunAsync(
            Task.WhenAll(Enumerable.Range(1, 8).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i), default))), stepMs: 10);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        Numbers(rig.Api.Calls.ShouldHaveSingleItem()).Count.ShouldBe(8);
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

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 5);

        attempts.Select(attempt => attempt.Outcome == AttemptOutcome.Delivered).ShouldBe([true, false, true, false, true]);
        attempts[1].Settlement.ShouldBe(new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, $"HTTP {status}: name: event name must not be blank"));
        attempts[3].Settlement.ShouldBe(new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, $"HTTP {status}, unknown message"));
    }

    [Fact]
    public async Task Any_other_refusal_of_a_batch_is_halved_too_once_a_ping_found_nothing_wrong()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(call => call.IsPing
            ? StubTrackApi.Response(200, """{"url":"http://track.test","region":"us","environment_id":3}""")
            : StubTrackApi.Response(call.Body.Contains("\"n\":6}", StringComparison.Ordinal) ? 451 : 200));

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 8);

        attempts.Select((attempt, index) => (index + 1, attempt.Outcome)).Where(pair => pair.Outcome != AttemptOutcome.Delivered).ShouldBe([(6, AttemptOutcome.DeadLettered)]);
        attempts[5].Settlement.ShouldBe(new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, "HTTP 451, unknown message"));
    }

    [Fact]
    public async Task Halving_stops_when_everything_is_rejected_and_nothing_behind_it_is_sent()
    {
        await using DeliveryRig rig = new(Batch with { HoldBudget = TimeSpan.FromSeconds(30) });
        rig.Api.Always(_ => StubTrackApi.Response(400));
        List<DeliveryAttempt> attempts = [];

        await rig.RunAsync(
            rig.Handler.DeliverRunAsync([.. Enumerable.Range(1, 100).Select(i => Some.Track(i))], (_, attempt) => attempts.Add(attempt), default), stepMs: 500);

        attempts.Count(attempt => attempt.Outcome == AttemptOutcome.DeadLettered).ShouldBe(49);
        attempts[^1].ShouldSatisfyAllConditions(
            attempt => attempt.Outcome.ShouldBe(AttemptOutcome.Released),
            attempt => attempt.Reason.ShouldBe("everything_rejected"));
        rig.Api.Calls.SelectMany(Numbers).Max().ShouldBe(100);
        rig.Api.Calls.Skip(1).SelectMany(Numbers).Max().ShouldBe(50);
    }

    [Fact]
    public async Task A_trial_while_everything_is_rejected_sends_one_event()
    {
        await using DeliveryRig rig = new(Batch with { HoldBudget = TimeSpan.FromMinutes(5) });
        Reject(rig, 50);
        rig.Api.Always(call => StubTrackApi.Response(Numbers(call).Count == 1 && rig.Api.Calls.Count < 3 ? 400 : 200));

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 20);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Select(call => string.Join(',', Numbers(call))).ShouldBe(["1", "1", "1", string.Join(',', Enumerable.Range(2, 19))]);
    }

    [Fact]
    public async Task What_waits_for_a_batch_is_held_when_the_gate_closes()
    {
        await using DeliveryRig rig = new(Batch);
        Task<DeliveryAttempt> waiting = rig.Handler.DeliverAsync(Some.Track(), default);
        await Clock.SettleAsync();
        Reject(rig, 50);

        await rig.RunAsync(TimeSpan.FromSeconds(30));

        rig.Api.Calls.ShouldBeEmpty();
        rig.Api.Reply(200);
        rig.Gate.ResumeAfterRejections();
        (await rig.RunAsync(waiting)).ShouldSatisfyAllConditions(
            attempt => attempt.Outcome.ShouldBe(AttemptOutcome.Delivered),
            attempt => attempt.Attempts.ShouldBe(1));
    }

    [Fact]
    public async Task Two_failing_batches_reported_in_turn_are_two_failures()
    {
        await using DeliveryRig rig = new(Batch with { BatchItems = 4 });
        rig.Api.Always(_ => StubTrackApi.Response(503));
        Task delivery = Task.WhenAll(Enumerable.Range(1, 8).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i), default)));

        await rig.RunAsync(TimeSpan.FromMilliseconds(700), stepMs: 50);

        rig.Api.Calls.Count.ShouldBe(6);
        rig.Gate.State.IsOpen.ShouldBeTrue();
        rig.Api.Always(_ => StubTrackApi.Response(200));
        await rig.RunAsync(delivery, stepMs: 500);
    }

    [Theory]
    [InlineData(400, "{}")]
    [InlineData(400, """{"meta":{"error":"malformed"}}""")]
    [InlineData(413, "")]
    [InlineData(207, """{"errors":[{"batch_index":99,"message":"x"}]}""")]
    [InlineData(207, """{"errors":[{"batch_index":-1,"message":"x"}]}""")]
    [InlineData(200, """{"errors":[{"message":"x"}]}""")]
    public async Task A_refusal_that_names_no_item_is_halved_until_the_guilty_one_stands_alone(int status, string body)
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(call => call.Body.Contains("\"n\":6}", StringComparison.Ordinal) ? StubTrackApi.Response(status, body) : StubTrackApi.Response(200));

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 8);

        attempts.Select((attempt, index) => (index + 1, attempt.Outcome)).Where(pair => pair.Outcome != AttemptOutcome.Delivered).ShouldBe([(6, AttemptOutcome.DeadLettered)]);
        rig.Api.Calls.Select(call => string.Join(',', Numbers(call))).ShouldBe(["1,2,3,4,5,6,7,8", "1,2,3,4", "5,6,7,8", "5,6", "5", "6", "7,8"]);
    }

    [Fact]
    public async Task When_a_refused_batch_names_the_guilty_the_rest_is_sent_again()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(400, """{"errors":[{"batch_index":0,"message":"x"},{"batch_index":2,"message":"x"}]}""").Reply(200);

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 4);

        attempts.Select(attempt => attempt.Outcome == AttemptOutcome.Delivered).ShouldBe([false, true, false, true]);
        Numbers(rig.Api.Calls[1]).ShouldBe([2, 4]);
    }

    [Fact]
    public async Task What_can_not_be_taken_now_is_sent_again_in_its_order()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(503, retryAfter: "5").Reply(200);

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 5);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered && attempt.Attempts == 2);
        Numbers(rig.Api.Calls[1]).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task Behind_a_half_that_can_not_be_taken_nothing_is_sent()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(413).Reply(503, retryAfter: "5").Always(_ => StubTrackApi.Response(200));

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 4);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Select(call => string.Join(',', Numbers(call))).ShouldBe(["1,2,3,4", "1,2", "1,2,3,4"]);
    }

    [Fact]
    public async Task What_failed_travels_alone_so_that_others_get_through()
    {
        await using DeliveryRig rig = new(Batch with { HoldBudget = TimeSpan.FromMinutes(1) });
        rig.Api.Always(call => StubTrackApi.Response(call.Body.Contains("poison", StringComparison.Ordinal) ? 500 : 200));

        DeliveryAttempt[] attempts = await rig.RunAsync(
            Task.WhenAll(Enumerable.Range(1, 8).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i, userId: i == 3 ? "poison" : "u"), default))), stepMs: 500);

        attempts.Select((attempt, index) => (index + 1, attempt.Outcome)).Where(pair => pair.Outcome != AttemptOutcome.Delivered).ShouldBe([(3, AttemptOutcome.Released)]);
    }

    [Fact]
    public async Task After_two_failures_of_a_run_its_oldest_goes_first_alone()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(503, retryAfter: "5").Reply(503, retryAfter: "5").Always(_ => StubTrackApi.Response(200));

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 4);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Skip(2).Select(call => string.Join(',', Numbers(call))).ShouldBe(["1", "2,3,4"]);
    }

    [Fact]
    public async Task One_in_the_middle_that_can_not_be_taken_is_found_by_halving_and_what_is_behind_it_flows_again()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(call => StubTrackApi.Response(Numbers(call) is { Count: > 1 } many && many.Contains(11) ? 503 : 200));

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, 64);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Select(call => $"{Numbers(call)[0]}-{Numbers(call)[^1]}").Distinct().ShouldBe(
        [
            "1-64", "1-1", "2-64", "2-32", "2-16", "2-8", "9-22", "9-15", "9-11", "9-9", "10-11", "10-10", "11-12", "11-11",
            "12-13", "14-17", "18-25", "26-41", "42-64",
        ]);
    }

    [Fact]
    public async Task After_an_outage_batches_are_as_full_as_before()
    {
        await using DeliveryRig rig = new(Batch);
        TimeSpan outage = TimeSpan.FromMinutes(3);
        ConcurrentBag<int> sizes = [];
        rig.Api.Always(call =>
        {
            bool isOver = rig.Time.GetUtcNow() - Some.Now >= outage;
            if (isOver)
            {
                sizes.Add(Numbers(call).Count);
            }

            return StubTrackApi.Response(isOver ? 200 : 503);
        });
        ConcurrentBag<DeliveryAttempt> attempts = [];

        await rig.RunAsync(
            Task.WhenAll(Enumerable.Range(1, 8).Select(partition => rig.Handler.DeliverRunAsync(
                [.. Enumerable.Range(1, 80).Select(i => Some.Track((partition * 100) + i, partition))],
                (_, attempt) => attempts.Add(attempt),
                default))),
            stepMs: 500);

        attempts.Count(attempt => attempt.Outcome == AttemptOutcome.Delivered).ShouldBe(640);

        // Of each partition at most its oldest goes alone.
        sizes.Count(size => size == 1).ShouldBeLessThanOrEqualTo(8);
        sizes.Count.ShouldBeLessThanOrEqualTo(24);
    }

    [Fact]
    public async Task What_can_not_travel_in_a_batch_goes_alone_in_its_place()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        ReceivedEvent anonymous = Some.Track(3, userId: null);
        ReceivedEvent big = Some.Track(5, properties: $"{{\"n\":5,\"text\":\"{new string('x', 40_000)}\"}}");

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, [Some.Track(1), Some.Track(2), anonymous, Some.Track(4), big, Some.Track(6)]);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Select(call => call.Path).ShouldBe(
            ["/api/v2/batch", "/api/v1/events", "/api/v2/batch", "/api/v1/customers/u-1/events", "/api/v2/batch"]);
    }

    [Fact]
    public async Task Anonymous_events_may_travel_in_batches_when_the_settings_say_so()
    {
        await using DeliveryRig rig = new(Batch with { BatchAnonymous = true });
        rig.Api.Reply(200);

        await DeliverAsync(rig, [Some.Track(1), Some.Track(2, userId: null)]);

        rig.Api.Calls.ShouldHaveSingleItem().Body.ShouldContain("\"anonymous_id\"");
    }

    [Fact]
    public async Task A_batch_stays_within_half_a_megabyte()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        string text = new('x', 30_000);

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, [.. Enumerable.Range(1, 40).Select(i => Some.Track(i, properties: $"{{\"n\":{i},\"text\":\"{text}\"}}"))]);

        attempts.Count.ShouldBe(40);
        rig.Api.Calls.ShouldAllBe(call => call.Body.Length <= 500_000);
        rig.Api.Calls.Count.ShouldBe(3);
        rig.Api.Calls.SelectMany(Numbers).ShouldBe(Enumerable.Range(1, 40));
    }

    [Fact]
    public async Task Skipped_and_invalid_events_of_a_run_end_in_their_place()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(200);
        ReceivedEvent skipped = Some.Event(CustomerIoDestination.Ingest.EventKind.Identify, """{"type":"identify","anonymousId":"d","traits":{}}""", 2);
        ReceivedEvent invalid = Some.Event(CustomerIoDestination.Ingest.EventKind.Track, """{"type":"track","event":"x"}""", 3);

        List<DeliveryAttempt> attempts = await DeliverAsync(rig, [Some.Track(1), skipped, invalid, Some.Track(4)]);

        attempts.Select(attempt => attempt.Outcome).ShouldBe(
            [AttemptOutcome.Delivered, AttemptOutcome.Skipped, AttemptOutcome.DeadLettered, AttemptOutcome.Delivered]);
        Numbers(rig.Api.Calls.ShouldHaveSingleItem()).ShouldBe([1, 4]);
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

    private static void Reject(DeliveryRig rig, int times)
    {
        for (int i = 0; i < times; i++)
        {
            rig.Gate.Report(Some.Partition(i), new DeliveryOutcome.Rejected(400, "x", null, "HTTP 400"));
        }
    }

    private static Task<List<DeliveryAttempt>> DeliverAsync(DeliveryRig rig, int events) => DeliverAsync(rig, [.. Enumerable.Range(1, events).Select(i => Some.Track(i))]);

    private static async Task<List<DeliveryAttempt>> DeliverAsync(DeliveryRig rig, IReadOnlyList<ReceivedEvent> run)
    {
        List<(ReceivedEvent Received, DeliveryAttempt Attempt)> ended = [];
        await rig.RunAsync(rig.Handler.DeliverRunAsync(run, (received, attempt) => ended.Add((received, attempt)), default), stepMs: 500);
        ended.Select(pair => pair.Received).ShouldBe(run);
        return ended.ConvertAll(pair => pair.Attempt);
    }

    private static List<int> Numbers(SentCall call)
    {
        JsonNode body = JsonNode.Parse(call.Body)!;
        return body["batch"] is JsonArray batch
            ? [.. batch.Select(item => item!["attributes"]!["n"]!.GetValue<int>())]
            : [body["data"]!["n"]!.GetValue<int>()];
    }
}
