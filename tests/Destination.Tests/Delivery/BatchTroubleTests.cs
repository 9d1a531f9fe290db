using System.Collections.Concurrent;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>What batches do while Customer.io, or one event, or everything fails.</summary>
public sealed class BatchTroubleTests
{
    private static readonly DeliverySettings Batch = Batches.Settings;

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
        rig.Api.Calls.SelectMany(Batches.Numbers).Max().ShouldBe(100);
        rig.Api.Calls.Skip(1).SelectMany(Batches.Numbers).Max().ShouldBe(50);
    }

    [Fact]
    public async Task A_trial_while_everything_is_rejected_sends_one_event()
    {
        await using DeliveryRig rig = new(Batch with { HoldBudget = TimeSpan.FromMinutes(5) });
        Batches.Reject(rig, 50);
        rig.Api.Always(call => StubTrackApi.Response(Batches.Numbers(call).Count == 1 && rig.Api.Calls.Count < 3 ? 400 : 200));

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 20, stepMs: 5000);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Select(call => string.Join(',', Batches.Numbers(call))).ShouldBe(["1", "1", "1", string.Join(',', Enumerable.Range(2, 19))]);
    }

    [Fact]
    public async Task Events_that_wait_for_a_batch_are_held_when_the_gate_closes()
    {
        await using DeliveryRig rig = new(Batch);
        Task<DeliveryAttempt> waiting = rig.Handler.DeliverAsync(Some.Track(), default);
        await Clock.SettleAsync();
        Batches.Reject(rig, 50);

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

    [Fact]
    public async Task Items_that_Customer_io_can_not_take_now_are_sent_again_in_their_order()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(503, retryAfter: "5").Reply(200);

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 5);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered && attempt.Attempts == 2);
        Batches.Numbers(rig.Api.Calls[1]).ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public async Task Behind_a_part_that_can_not_be_taken_nothing_is_sent()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(413).Reply(503, retryAfter: "5").Always(_ => StubTrackApi.Response(200));

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 4);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Select(call => string.Join(',', Batches.Numbers(call))).ShouldBe(["1,2,3,4", "1", "1,2,3,4"]);
    }

    [Fact]
    public async Task A_shipment_that_failed_travels_alone_so_that_others_get_through()
    {
        await using DeliveryRig rig = new(Batch with { HoldBudget = TimeSpan.FromMinutes(1) });
        rig.Api.Always(call => StubTrackApi.Response(call.Body.Contains("poison", StringComparison.Ordinal) ? 500 : 200));

        DeliveryAttempt[] attempts = await rig.RunAsync(
            Task.WhenAll(Enumerable.Range(1, 8).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i, userId: i == 3 ? "poison" : "u"), default))), stepMs: 500);

        attempts.Select((attempt, index) => (index + 1, attempt.Outcome)).Where(pair => pair.Outcome != AttemptOutcome.Delivered).ShouldBe([(3, AttemptOutcome.Released)]);
    }

    [Fact]
    public async Task Many_partitions_whose_calls_hang_leave_places_to_the_others()
    {
        const int Stuck = 12;
        await using DeliveryRig rig = new(Batch with { HoldBudget = TimeSpan.FromMinutes(2) });
        rig.Api.Always(async (call, token) =>
        {
            if (call.Body.Contains("stuck", StringComparison.Ordinal))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, rig.Time, token);
            }

            return StubTrackApi.Response(200);
        });
        Task<DeliveryAttempt[]> stuck = Task.WhenAll(
            Enumerable.Range(1, Stuck).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i, userId: "stuck"), default)));
        Task<DeliveryAttempt[]> company = Task.WhenAll(
            Enumerable.Range(Stuck + 1, 6).Select(i => rig.Handler.DeliverAsync(Some.Track(i, partition: i), default)));
        await rig.RunAsync(TimeSpan.FromSeconds(40), stepMs: 250);

        // Who comes later shares no batch with them.
        for (int i = 20; i < 30; i++)
        {
            Task<DeliveryAttempt> other = rig.Handler.DeliverAsync(Some.Track(i, partition: i), default);
            await rig.RunAsync(TimeSpan.FromMilliseconds(100), stepMs: 50);
            (await other.WaitAsync(TimeSpan.FromSeconds(30))).Outcome.ShouldBe(AttemptOutcome.Delivered);
        }

        await rig.RunAsync(company, stepMs: 250);
        (rig.Time.GetUtcNow() - Some.Now).ShouldBeLessThan(TimeSpan.FromSeconds(90));
        (await rig.RunAsync(stuck, stepMs: 1000)).ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Released);
    }

    [Fact]
    public async Task After_two_failures_of_a_run_its_oldest_goes_first_alone()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Reply(503, retryAfter: "5").Reply(503, retryAfter: "5").Always(_ => StubTrackApi.Response(200));

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 4);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Skip(2).Select(call => string.Join(',', Batches.Numbers(call))).ShouldBe(["1", "2,3,4"]);
    }

    [Fact]
    public async Task One_in_the_middle_that_can_not_be_taken_is_found_by_halving_and_what_is_behind_it_flows_again()
    {
        await using DeliveryRig rig = new(Batch);
        rig.Api.Always(call => StubTrackApi.Response(Batches.Numbers(call) is { Count: > 1 } many && many.Contains(11) ? 503 : 200));

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, 64);

        attempts.ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.Delivered);
        rig.Api.Calls.Select(call => $"{Batches.Numbers(call)[0]}-{Batches.Numbers(call)[^1]}").Distinct().ShouldBe(
        [
            "1-64", "1-1", "2-64", "2-32", "2-16", "2-8", "9-22", "9-15", "9-11", "9-9", "10-11", "10-10", "11-12", "11-11",
            "12-13", "14-17", "18-25", "26-41", "42-64",
        ]);
    }

    [Fact]
    public async Task After_an_outage_batches_are_as_full_as_before()
    {
        await using DeliveryRig rig = new(Batch);
        TimeSpan outage = TimeSpan.FromSeconds(45);
        ConcurrentBag<int> sizes = [];
        rig.Api.Always(call =>
        {
            bool isOver = rig.Time.GetUtcNow() - Some.Now >= outage;
            if (isOver)
            {
                sizes.Add(Batches.Numbers(call).Count);
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
}
