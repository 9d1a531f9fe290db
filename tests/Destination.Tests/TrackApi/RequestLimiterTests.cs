using CustomerIoDestination.Model;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class RequestLimiterTests
{
    public RequestLimiterTests() => Clock.SeeAll();

    [Fact]
    public async Task The_limiter_paces_those_who_wait_for_it()
    {
        FakeTimeProvider time = new();
        using RequestLimiter limiter = new(new Share(200), time);
        List<Task> waiting = [.. Enumerable.Range(0, 1500).Select(_ => limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask())];
        await AdvanceAsync(time, seconds: 3);
        int before = waiting.Count(task => task.IsCompletedSuccessfully);

        await AdvanceAsync(time, seconds: 2);

        (waiting.Count(task => task.IsCompletedSuccessfully) - before).ShouldBeInRange(392, 406);
    }

    [Fact]
    public async Task Asked_to_be_left_alone_it_gives_nothing_until_then()
    {
        FakeTimeProvider time = new();
        using RequestLimiter limiter = new(new Share(100), time);
        limiter.Hold(TimeSpan.FromSeconds(5));
        Task waiting = limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask();

        time.Advance(TimeSpan.FromSeconds(4.99));
        await Clock.SettleAsync();
        waiting.IsCompleted.ShouldBeFalse();
        await AdvanceAsync(time, seconds: 1);

        waiting.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public void A_429_halves_the_rate_once_a_second_down_to_a_tenth_and_it_recovers()
    {
        FakeTimeProvider time = new();
        using RequestLimiter limiter = new(new Share(100), time);

        limiter.Slow().ShouldBeTrue();
        limiter.Slow().ShouldBeFalse();
        limiter.Current.ShouldBe(50);
        time.Advance(TimeSpan.FromSeconds(1));
        limiter.Current.ShouldBe(55, 0.01);
        for (int i = 0; i < 10; i++)
        {
            limiter.Slow().ShouldBeTrue();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        limiter.Current.ShouldBe(15, 0.5);
        time.Advance(TimeSpan.FromSeconds(18));
        limiter.Current.ShouldBe(100);
    }

    [Fact]
    public void Live_goes_first_and_import_keeps_a_fifth()
    {
        PermitQueue queue = new();
        List<Lane> order = [];
        List<(Lane Lane, TaskCompletionSource Waiter)> waiting =
            [.. Enumerable.Range(0, 100).SelectMany(_ => new[] { (Lane.Live, new TaskCompletionSource()), (Lane.Import, new TaskCompletionSource()) })];
        waiting.ForEach(entry => queue.Add(entry.Lane, entry.Waiter));

        for (int i = 0; i < 50; i++)
        {
            queue.TryGrant().ShouldBeTrue();
            (Lane lane, TaskCompletionSource waiter) = waiting.First(entry => entry.Waiter.Task.IsCompleted);
            order.Add(lane);
            waiting.Remove((lane, waiter));
        }

        order.Take(5).ShouldBe([Lane.Live, Lane.Live, Lane.Live, Lane.Live, Lane.Import]);
        order.Count(lane => lane == Lane.Import).ShouldBe(10);
    }

    [Fact]
    public void The_import_has_it_all_while_nothing_live_waits()
    {
        PermitQueue queue = new();
        List<TaskCompletionSource> waiting = [.. Enumerable.Range(0, 10).Select(_ => new TaskCompletionSource())];
        waiting.ForEach(waiter => queue.Add(Lane.Import, waiter));

        while (queue.TryGrant())
        {
        }

        waiting.ShouldAllBe(waiter => waiter.Task.IsCompleted);
    }

    [Fact]
    public async Task A_caller_that_cancels_while_waiting_takes_no_permit()
    {
        FakeTimeProvider time = new();
        using RequestLimiter limiter = new(new Share(1), time);
        using CancellationTokenSource giveUp = new();
        await limiter.AcquireAsync(Lane.Live, CancellationToken.None);
        Task first = limiter.AcquireAsync(Lane.Live, giveUp.Token).AsTask();
        Task second = limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask();

        await giveUp.CancelAsync();
        time.Advance(TimeSpan.FromSeconds(5));

        await Should.ThrowAsync<OperationCanceledException>(first);
        await second.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Without_a_share_nobody_gets_a_permit_until_there_is_one()
    {
        FakeTimeProvider time = new();
        Share share = new(null);
        using RequestLimiter limiter = new(share, time);
        Task waiting = limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask();
        await Clock.RunAsync(time, TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(500));

        waiting.IsCompleted.ShouldBeFalse();
        share.Asked.ShouldBe(1, "one request is one, however long it waits");
        share.Waiting.ShouldBe(1);
        share.RequestsPerSecond = 10;
        await Clock.RunAsync(time, waiting, TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public async Task Callers_that_wait_when_the_limiter_is_disposed_of_are_told_so_and_so_are_later_ones()
    {
        RequestLimiter limiter = new(new Share(null), new FakeTimeProvider());
        Task live = limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask();
        Task import = limiter.AcquireAsync(Lane.Import, CancellationToken.None).AsTask();

        limiter.Dispose();

        await Should.ThrowAsync<OperationCanceledException>(live);
        await Should.ThrowAsync<OperationCanceledException>(import);
        await Should.ThrowAsync<OperationCanceledException>(limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask());
        limiter.Waiting.ShouldBe(0);
    }

    // What is permitted in a step is taken by the time it ends: nothing acts on a permit, so that one look at the end is enough.
    private static Task AdvanceAsync(FakeTimeProvider time, int seconds)
    {
        for (int ms = 0; ms < seconds * 1000; ms++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
        }

        return Clock.SettleAsync();
    }

    private sealed class Share(double? rate) : IRateShare
    {
        public double? RequestsPerSecond { get; set; } = rate;

        public int Asked { get; private set; }

        public int Waiting { get; private set; }

        public void Ask() => Asked++;

        public void StillWaiting(int requests) => Waiting = requests;
    }
}
