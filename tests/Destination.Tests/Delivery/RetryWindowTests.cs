using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>The retry window counts the time an event is tried, from its own first failed call on.</summary>
public sealed class RetryWindowTests
{
    private static readonly DeliverySettings AnHour = new() { RequestsPerSecond = 1_000, RetryWindow = TimeSpan.FromHours(1), HoldBudget = TimeSpan.FromHours(3) };

    [Fact]
    public async Task An_event_that_waited_for_days_is_not_expired_by_its_first_failed_call()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(503).Reply(503).Reply(503).Reply(200);

        (await DeliverAsync(rig, Some.Track(age: TimeSpan.FromHours(73)))).Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task An_event_that_fails_for_the_whole_window_expires()
    {
        await using DeliveryRig rig = new(AnHour);
        rig.Api.Always(_ => StubTrackApi.Response(503));

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track(), stepMs: 20_000);

        attempt.Reason.ShouldBe("expired");
        attempt.Duration.ShouldBeInRange(TimeSpan.FromMinutes(60), TimeSpan.FromMinutes(62));
        attempt.Settlement.ShouldBeOfType<Settlement.DeadLetter>().Description.ShouldStartWith("first failed 1.0 h ago, retry window 1.0 h, ");
        attempt.Settlement.ShouldBeOfType<Settlement.DeadLetter>().Description.ShouldEndWith("; last: http_503");
    }

    [Fact]
    public async Task The_window_goes_on_through_a_release()
    {
        await using DeliveryRig rig = new(AnHour with { HoldBudget = TimeSpan.FromMinutes(40) });
        rig.Api.Always(_ => StubTrackApi.Response(503));

        FailureHistory history = (await DeliverAsync(rig, Some.Track(), stepMs: 20_000)).Settlement.ShouldBeOfType<Settlement.Release>().History;
        DeliveryAttempt second = await DeliverAsync(rig, Some.Track(history: history), stepMs: 20_000);

        second.Reason.ShouldBe("expired");
        second.Duration.ShouldBeInRange(TimeSpan.FromMinutes(18), TimeSpan.FromMinutes(22));
    }

    [Fact]
    public async Task A_429_is_waited_out_beyond_the_window()
    {
        await using DeliveryRig rig = new(AnHour);
        rig.Api.Always(_ => StubTrackApi.Response(429));

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track(), stepMs: 20_000);

        attempt.Outcome.ShouldBe(AttemptOutcome.Released);
        attempt.Duration.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromHours(3));
    }

    [Fact]
    public async Task Time_in_which_the_process_did_not_run_does_not_count()
    {
        await using DeliveryRig rig = new(AnHour);
        rig.Api.Reply(503).Reply(503).Reply(503).Reply(200);

        DeliveryAttempt attempt = await DeliverAsync(rig, Some.Track(history: new FailureHistory(3, Some.Now.AddHours(-73))));

        attempt.Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    [Fact]
    public async Task Time_in_which_the_destination_was_paused_does_not_count()
    {
        await using DeliveryRig rig = new(AnHour);
        rig.Api.Reply(503).Reply(503).Reply(503);
        Task<DeliveryAttempt> delivery = rig.Handler.DeliverAsync(Some.Track(), default);
        await rig.RunAsync(TimeSpan.FromSeconds(2), stepMs: 100);
        rig.Gate.Judge(Some.Partition(9), new DeliveryOutcome.Misconfigured("credentials_refused", 401));
        await rig.RunAsync(TimeSpan.FromHours(2), stepMs: 60_000);
        delivery.IsCompleted.ShouldBeFalse();

        rig.Api.Reply(503).Reply(503).Reply(503).Reply(200);
        rig.Gate.JudgePing(new PingResult.Good(CustomerIoRegion.Us, TrackApiUrl.Us, 3));

        (await rig.RunAsync(delivery)).Outcome.ShouldBe(AttemptOutcome.Delivered);
    }

    private static Task<DeliveryAttempt> DeliverAsync(DeliveryRig rig, ReceivedEvent received, double stepMs = 100) =>
        rig.RunAsync(rig.Handler.DeliverAsync(received, default), stepMs);
}
