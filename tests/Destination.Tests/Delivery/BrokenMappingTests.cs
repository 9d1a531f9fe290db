using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>A deployment whose mapping throws at every event.</summary>
public sealed class BrokenMappingTests
{
    [Fact]
    public async Task It_does_not_empty_the_queue_into_the_dead_letters()
    {
        await using DeliveryRig rig = new(configure: services => services.AddSingleton(new EnvelopeMapper(new MappingSettings(), new LimitSettings(), null!)));
        List<DeliveryAttempt> attempts = [];
        for (int i = 0; i < 50; i++)
        {
            attempts.Add(await rig.Handler.DeliverAsync(Some.Track(number: i, partition: i), default));
        }

        attempts.Take(49).ShouldAllBe(attempt => attempt.Outcome == AttemptOutcome.DeadLettered && attempt.Reason == "invalid_event");
        (attempts[49].Outcome, attempts[49].Reason).ShouldBe((AttemptOutcome.Released, "everything_rejected"));
        rig.Gate.State.PausedFor.ShouldBe("everything_rejected");
        rig.Api.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task While_it_is_paused_one_event_a_minute_is_tried_and_held_all_the_same()
    {
        await using DeliveryRig rig = new(configure: services => services.AddSingleton(new EnvelopeMapper(new MappingSettings(), new LimitSettings(), null!)));
        for (int i = 0; i < 50; i++)
        {
            await rig.Handler.DeliverAsync(Some.Track(number: i, partition: i), default);
        }

        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(number: 60, partition: 3), default), stepMs: 5000);

        (attempt.Outcome, attempt.Reason).ShouldBe((AttemptOutcome.Released, "everything_rejected"));
        attempt.Duration.ShouldBeInRange(TimeSpan.FromSeconds(55), TimeSpan.FromSeconds(70));
    }
}
