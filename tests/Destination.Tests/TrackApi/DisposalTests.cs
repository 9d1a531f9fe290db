using CustomerIoDestination.Model;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class DisposalTests
{
    [Fact]
    public async Task Calls_that_wait_for_a_share_of_the_rate_do_not_hold_up_the_end()
    {
        DeliveryRig rig = new(configure: services => services.AddSingleton<IRateShare>(new NoShare()));
        RequestLimiter limiter = rig.Get<RequestLimiter>();
        Task<PingResult> ping = rig.Client.PingAsync(CancellationToken.None);
        Task<DeliveryOutcome> sending = rig.Client.SendAsync(Some.Request, Lane.Import, CancellationToken.None).AsTask();
        await Clock.SettleAsync();
        limiter.Waiting.ShouldBe(2);

        DateTimeOffset before = rig.Time.GetUtcNow();

        // In small steps: on a busy machine the virtual clock runs on while the pool gets to it.
        await rig.RunAsync(rig.DisposeAsync().AsTask(), stepMs: 1);

        (rig.Time.GetUtcNow() - before).ShouldBeLessThan(TimeSpan.FromSeconds(5));

        await Should.ThrowAsync<OperationCanceledException>(ping);
        await Should.ThrowAsync<OperationCanceledException>(sending);
    }

    [Fact]
    public async Task A_test_that_fails_while_a_delivery_waits_ends_all_the_same()
    {
        DeliveryRig one = new();
        one.Api.Hang();
        _ = one.Handler.DeliverAsync(Some.Track(), default);
        DeliveryRig other = new();
        other.Api.Hang();
        _ = other.Handler.DeliverAsync(Some.Track(), default);

        await Task.Run(one.Dispose).WaitAsync(TimeSpan.FromSeconds(20));
        await Task.Run(async () => await other.DisposeAsync()).WaitAsync(TimeSpan.FromSeconds(20));
    }

    private sealed class NoShare : IRateShare
    {
        public double? RequestsPerSecond => null;

        public void Ask()
        {
            // There is none to be had.
        }

        public void StillWaiting(int requests)
        {
            // Nor by waiting.
        }
    }
}
