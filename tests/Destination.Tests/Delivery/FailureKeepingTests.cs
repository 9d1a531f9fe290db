using CustomerIoDestination.Delivery;
using CustomerIoDestination.Model;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Delivery;

public sealed class FailureKeepingTests
{
    [Fact]
    public async Task Failures_are_written_down_from_the_tenth_on_once_a_minute()
    {
        await using DeliveryRig rig = new();
        rig.Api.Always(_ => StubTrackApi.Response(503));
        List<(FailureHistory History, TimeSpan At)> kept = [];
        Task KeepAsync(FailureHistory history)
        {
            kept.Add((history, rig.Time.GetUtcNow() - Some.Now));
            return Task.CompletedTask;
        }

        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(), KeepAsync, default), stepMs: 1000);

        attempt.Settlement.ShouldBeOfType<Settlement.Release>();
        kept.Count.ShouldBeInRange(5, 10);
        kept[0].History.FailedCalls.ShouldBeInRange(10, 12);
        kept.ShouldAllBe(entry => entry.History.FirstFailedAt == kept[0].History.FirstFailedAt);
        kept.Select(entry => entry.History.FailedCalls).ShouldBeInOrder();
        kept.Zip(kept.Skip(1)).ShouldAllBe(pair => pair.Second.At - pair.First.At >= DeliveryHandler.KeepEvery);
    }

    [Fact]
    public async Task A_short_trouble_costs_no_write()
    {
        await using DeliveryRig rig = new();
        rig.Api.Reply(503).Reply(503).Reply(503).Reply(503).Reply(200);
        int kept = 0;

        DeliveryAttempt attempt = await rig.RunAsync(rig.Handler.DeliverAsync(Some.Track(), _ => Task.FromResult(++kept), default));

        attempt.Outcome.ShouldBe(AttemptOutcome.Delivered);
        kept.ShouldBe(0);
    }
}
