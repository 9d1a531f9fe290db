using CustomerIoDestination.Queueing;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class DisposalTests
{
    [Fact]
    public async Task What_waits_for_a_share_of_the_rate_does_not_hold_up_the_end()
    {
        // The clock stands still: nothing here ends because its time is over.
        DeliveryRig rig = new(configure: services => services.AddSingleton<IRateShare>(new NoShare()));
        RequestLimiter limiter = rig.Get<RequestLimiter>();
        Task<PingResult> ping = rig.Client.PingAsync(CancellationToken.None);
        Task<DeliveryOutcome> sending = rig.Client.SendAsync(Some.Request, Lane.Import, CancellationToken.None).AsTask();
        await Clock.SettleAsync();
        limiter.Waiting.ShouldBe(2);

        await rig.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        await Should.ThrowAsync<OperationCanceledException>(ping);
        await Should.ThrowAsync<OperationCanceledException>(sending);
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
