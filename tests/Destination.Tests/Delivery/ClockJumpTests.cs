using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Model;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>The machine's clock is set forwards and backwards while deliveries wait. What is measured by the monotonic clock does not see it.</summary>
public sealed class ClockJumpTests
{
    private static readonly TimeSpan[] Jumps = [TimeSpan.FromDays(1), TimeSpan.FromDays(-2), TimeSpan.FromHours(3), TimeSpan.FromMinutes(-1)];

    private JumpingClock? _clock;

    [Fact]
    public async Task The_rate_is_held_and_used_through_jumps()
    {
        await using DeliveryRig rig = Rig(100);
        RequestLimiter limiter = rig.Get<RequestLimiter>();
        Task[] waiting = [.. Enumerable.Range(0, 600).Select(_ => limiter.AcquireAsync(Lane.Live, default).AsTask())];

        for (int ms = 0; ms < 4000; ms++)
        {
            if (ms % 1000 == 500)
            {
                _clock!.Jump(Jumps[ms / 1000]);
            }

            rig.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        await Clock.SettleAsync();
        waiting.Count(task => task.IsCompletedSuccessfully).ShouldBeInRange(318, 330);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(-400)]
    public async Task A_waiting_event_is_sent_again_when_its_wait_is_over_whatever_the_clock_says(int days)
    {
        await using DeliveryRig rig = Rig();
        rig.Api.Reply(503).Reply(503).Reply(503).Reply(200);
        Task<DeliveryAttempt> delivery = rig.Handler.DeliverAsync(Some.Track(), default);
        await rig.RunAsync(TimeSpan.FromSeconds(1), stepMs: 100);

        _clock!.Jump(TimeSpan.FromDays(days));

        DeliveryAttempt attempt = await rig.RunAsync(delivery);
        attempt.Outcome.ShouldBe(AttemptOutcome.Delivered);
        attempt.Duration.ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task A_jump_back_does_not_make_an_event_undeliverable_or_expired_and_the_hold_budget_lasts_as_long_as_ever()
    {
        await using DeliveryRig rig = Rig();
        rig.Api.Always(_ => StubTrackApi.Response(503));
        Task<DeliveryAttempt> delivery = rig.Handler.DeliverAsync(Some.Track(), default);
        await rig.RunAsync(TimeSpan.FromMinutes(1));

        _clock!.Jump(TimeSpan.FromDays(-30));

        DeliveryAttempt attempt = await rig.RunAsync(delivery, stepMs: 10_000);
        attempt.Outcome.ShouldBe(AttemptOutcome.Released);
        attempt.Duration.ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(10.5));
    }

    [Fact]
    public async Task A_clock_set_wrongly_for_a_while_expires_nothing()
    {
        await using DeliveryRig rig = Rig();
        rig.Api.Always(_ => StubTrackApi.Response(503));
        Task<DeliveryAttempt> delivery = rig.Handler.DeliverAsync(Some.Track(), default);
        await rig.RunAsync(TimeSpan.FromMinutes(1));

        _clock!.Jump(TimeSpan.FromDays(30));

        (await rig.RunAsync(delivery, stepMs: 10_000)).Outcome.ShouldBe(AttemptOutcome.Released);
    }

    [Fact]
    public async Task The_breaker_tries_after_five_seconds_whatever_the_clock_says()
    {
        await using DeliveryRig rig = Rig();
        for (int i = 0; i < Breaker.Failures; i++)
        {
            rig.Gate.Judge(Some.Partition(i), new DeliveryOutcome.Unavailable("http_503", 503, null));
        }

        Task trial = rig.Gate.EnterAsync(Some.Partition(1), default).AsTask();
        _clock!.Jump(TimeSpan.FromDays(-1));
        await rig.RunAsync(TimeSpan.FromSeconds(4), stepMs: 500);
        trial.IsCompleted.ShouldBeFalse();
        await rig.RunAsync(TimeSpan.FromSeconds(2), stepMs: 500);

        trial.IsCompletedSuccessfully.ShouldBeTrue();
    }

    private DeliveryRig Rig(int requestsPerSecond = 1_000) => new(new DeliverySettings { RequestsPerSecond = requestsPerSecond }, configure: services =>
    {
        var steady = (TimeProvider)services.Last(service => service.ServiceType == typeof(TimeProvider)).ImplementationInstance!;
        services.AddSingleton<TimeProvider>(_clock = new JumpingClock(steady));
    });
}
