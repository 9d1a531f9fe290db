using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class HoldingTests
{
    private const string UsRegion = """{"url":"https://track.customer.io","region":"us","environment_id":3}""";

    [Fact]
    public async Task An_outage_is_waited_out_in_place()
    {
        await using DeliveryRig rig = new();
        for (int i = 0; i < 12; i++)
        {
            rig.Api.Reply(503);
        }

        rig.Api.Reply(200);

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track(), stepMs: 1000);

        attempt.Outcome.ShouldBe(AttemptOutcome.Delivered);
        attempt.Attempts.ShouldBe(13);
        attempt.Duration.ShouldBeInRange(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Customer_io_says_how_long_to_wait()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(429, retryAfter: "120").Reply(200);

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track(), stepMs: 5000);

        attempt.Duration.ShouldBeInRange(TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(125));
    }

    [Fact]
    public async Task Past_the_hold_budget_the_event_is_released_with_its_history()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(503));

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track(history: new FailureHistory(5, Some.Now.AddHours(-1))), stepMs: 10_000);

        (attempt.Outcome, attempt.Reason).ShouldBe((AttemptOutcome.Released, "http_503"));
        attempt.Duration.ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10.5));
        FailureHistory history = attempt.Settlement.ShouldBeOfType<Settlement.Release>().History;
        history.FirstFailedAt.ShouldBe(Some.Now.AddHours(-1));
        history.FailedCalls.ShouldBe(attempt.Attempts);
        history.FailedCalls.ShouldBe(5 + rig.Api.Calls.Count);
    }

    [Fact]
    public async Task However_old_it_is_it_gets_its_attempt_first()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(200);

        (await DeliverAsync(rig, Some.Track(age: TimeSpan.FromDays(10)))).Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task An_event_that_alone_fails_becomes_undeliverable()
    {
        await using DeliveryRig rig = new(new DeliverySettings { RequestsPerSecond = 1000, HoldBudget = TimeSpan.FromHours(1) });
        rig.Api.Always(call => StubTrackApi.Response(call.Path.Contains("poison", StringComparison.Ordinal) ? 500 : 200));
        Task<DeliveryAttempt> poison = rig.Handler.DeliverAsync(Some.Track(userId: "poison"), default);
        await rig.RunAsync(TimeSpan.FromSeconds(1), stepMs: 100);
        for (int i = 0; i < 20; i++)
        {
            await DeliverAsync(rig, Some.Track(number: 10 + i, partition: 8));
        }

        DeliveryAttempt attempt = await rig.RunAsync(poison, stepMs: 20_000);

        attempt.Reason.ShouldBe("undeliverable");
        attempt.Duration.ShouldBeGreaterThan(TimeSpan.FromMinutes(15));
    }

    [Fact]
    public async Task Deliveries_of_others_are_remembered_beyond_a_release()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(call => StubTrackApi.Response(call.Path.Contains("poison", StringComparison.Ordinal) ? 500 : 200));
        Task<DeliveryAttempt> first = rig.Handler.DeliverAsync(Some.Track(userId: "poison"), default);
        await rig.RunAsync(TimeSpan.FromSeconds(1), stepMs: 100);
        for (int i = 0; i < 20; i++)
        {
            await DeliverAsync(rig, Some.Track(number: 10 + i, partition: 8));
        }

        FailureHistory history = (await rig.RunAsync(first, stepMs: 20_000)).Settlement.ShouldBeOfType<Settlement.Release>().History;
        DeliveryAttempt second = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(userId: "poison", history: history), default), stepMs: 20_000);

        second.Reason.ShouldBe("undeliverable");
        second.Duration.ShouldBeLessThan(TimeSpan.FromMinutes(8));
    }

    [Fact]
    public async Task A_wrong_key_holds_the_event_until_it_is_right()
    {
        await using DeliveryRig rig = new(customerIo: new CustomerIoSettings { SiteId = "s", ApiKey = new Secret("k"), Region = CustomerIoRegion.Us });
        bool isRight = false;
        rig.Api.Always(call => StubTrackApi.Response(!isRight ? 401 : 200, isRight && call.IsPing ? UsRegion : "{}"));
        await rig.Probe.StartAsync(default);

        Task<DeliveryAttempt> held = rig.Handler.DeliverAsync(Some.Track(), default);
        await rig.RunAsync(TimeSpan.FromMinutes(3), stepMs: 5000);
        held.IsCompleted.ShouldBeFalse();
        rig.Gate.State.PausedFor.ShouldBe("credentials_refused");
        int calls = rig.Api.Calls.Count(call => !call.IsPing);
        isRight = true;
        DeliveryAttempt attempt = await rig.RunAsync(held, stepMs: 5000);

        attempt.Outcome.ShouldBe(AttemptOutcome.Delivered);
        calls.ShouldBeLessThanOrEqualTo(1);
        await rig.Probe.StopAsync(default);
    }

    [Fact]
    public async Task While_everything_is_rejected_nothing_more_goes_to_the_dead_letters()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(400));

        List<Task<DeliveryAttempt>> all = [.. Enumerable.Range(0, 64).Select(i => rig.Handler.DeliverAsync(Some.Track(number: i, partition: i), default))];
        DeliveryAttempt[] attempts = await rig.RunAsync(Task.WhenAll(all), stepMs: 5000);

        attempts.Count(attempt => attempt.Outcome == AttemptOutcome.DeadLettered).ShouldBe(49);
        attempts.Where(attempt => attempt.Outcome == AttemptOutcome.Released).ShouldAllBe(attempt => attempt.Reason == "everything_rejected");
        rig.Api.Calls.Count.ShouldBeInRange(50, 75);
    }

    [Fact]
    public async Task Waiting_at_the_gate_for_the_whole_budget_is_no_attempt()
    {
        await using DeliveryRig rig = new();
        rig.Gate.Judge(Some.Partition(), new CustomerIoDestination.TrackApi.DeliveryOutcome.Misconfigured("wrong_url", 404));

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track(age: TimeSpan.FromDays(10)), stepMs: 5000);

        (attempt.Outcome, attempt.Reason, attempt.Attempts).ShouldBe((AttemptOutcome.Released, "wrong_url", 0));
        attempt.Settlement.ShouldBe(new Settlement.Release("wrong_url", FailureHistory.None));
    }

    [Fact]
    public async Task Stopping_releases_what_waits_and_finishes_what_is_on_the_wire()
    {
        await using DeliveryRig rig = new();
        using CancellationTokenSource stopping = new();
        TaskCompletionSource<HttpResponseMessage> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Api.Reply(503, retryAfter: "60").Then((_, _) => answer.Task);
        Task<DeliveryAttempt> waits = rig.Handler.DeliverAsync(Some.Track(1, partition: 1), stopping.Token);
        await Clock.SettleAsync();
        Task<DeliveryAttempt> onTheWire = rig.Handler.DeliverAsync(Some.Track(2, partition: 2), stopping.Token);
        await Clock.SettleAsync();

        await stopping.CancelAsync();
        answer.SetResult(StubTrackApi.Response(200));

        (await waits).Settlement.ShouldBe(new Settlement.Release("http_503", new FailureHistory(1, Some.Now)));
        (await onTheWire).Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    private static Task<DeliveryAttempt> DeliverAsync(DeliveryRig rig, ReceivedEvent received, double stepMs = 100) =>
        rig.RunAsync(rig.Handler.DeliverAsync(received, default), stepMs);
}
