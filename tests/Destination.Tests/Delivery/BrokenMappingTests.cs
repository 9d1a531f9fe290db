using System.Buffers;
using System.Diagnostics;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Tests.Delivery;

/// <summary>A deployment whose mapping throws at every event.</summary>
public sealed class BrokenMappingTests
{
    [Fact]
    public async Task A_mapping_that_throws_for_fifty_events_pauses_the_destination_and_stops_dead_lettering()
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

    [Fact]
    public async Task While_everything_is_rejected_a_good_event_in_front_of_one_whose_mapping_breaks_ends_the_pause()
    {
        using ActivityListener listener = Listen(out List<Activity> open);
        await using DeliveryRig rig = new(Batches.Settings);
        rig.Api.Always(_ => StubTrackApi.Response(200));
        Batches.Reject(rig, 50);
        rig.Gate.State.PausedFor.ShouldBe("everything_rejected");

        List<DeliveryAttempt> attempts = await Batches.DeliverAsync(rig, [Some.Track(1), Breaking(2), Some.Track(3)], stepMs: 5_000);

        attempts.Select(attempt => attempt.Outcome).ShouldBe([AttemptOutcome.Delivered, AttemptOutcome.DeadLettered, AttemptOutcome.Delivered]);
        attempts[1].Reason.ShouldBe("invalid_event");
        rig.Gate.State.PausedFor.ShouldBeNull();
        open.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_run_that_is_held_because_of_a_broken_mapping_ends_the_span_of_every_event()
    {
        using ActivityListener listener = Listen(out List<Activity> open);
        await using DeliveryRig rig = new(Batches.Settings);
        Batches.Reject(rig, 50);
        List<DeliveryAttempt> attempts = [];

        Task run = rig.Handler.DeliverRunAsync([Breaking(1), Some.Track(2), Some.Track(3)], (_, attempt) => attempts.Add(attempt), default);
        await rig.RunAsync(run, stepMs: 5_000);

        attempts.ShouldHaveSingleItem().Reason.ShouldBe("everything_rejected");
        open.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_mapping_that_breaks_does_not_close_the_breaker_because_nobody_answered()
    {
        await using DeliveryRig rig = new();
        for (int i = 0; i < Breaker.Failures; i++)
        {
            rig.Gate.Judge(Some.Partition(i), new DeliveryOutcome.Unavailable("http_503", 503));
        }

        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(Breaking(1), default), stepMs: 1_000);

        attempt.Outcome.ShouldBe(AttemptOutcome.DeadLettered);
        rig.Gate.State.BreakerOpen.ShouldBeTrue();
        rig.Logs.GetSnapshot().ShouldAllBe(record => !record.Message.Contains("answers again", StringComparison.Ordinal));
    }

    // An event whose bytes can't be read: the mapping throws, as it would by a bug of its own.
    private static ReceivedEvent Breaking(int number)
    {
        ReceivedEvent good = Some.Track(number);
        return good with { Envelope = good.Envelope with { Body = new UnreadableMemory().Bytes } };
    }

    private static ActivityListener Listen(out List<Activity> open)
    {
        List<Activity> spans = [];
        open = spans;
        ActivityListener listener = new()
        {
            ShouldListenTo = source => source.Name == DestinationTracing.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => spans.Add(activity),
            ActivityStopped = activity => spans.Remove(activity),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class UnreadableMemory : MemoryManager<byte>
    {
        public Memory<byte> Bytes => CreateMemory(16);

        public override Span<byte> GetSpan() => throw new InvalidOperationException("ann@example.com");

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
