using CsCheck;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class RequestLimiterTests
{
    private static readonly int[] Rates = [1, 10, 20, 21, 33, 50, 100, 200, 1000];

    private static readonly Gen<(int Rate, (double Gap, bool Slow)[] Steps)> Patterns = Gen.Select(
        Gen.Int[0, Rates.Length - 1].Select(index => Rates[index]),
        Gen.Select(Gen.Frequency((6, Gen.Const(0d)), (3, Gen.Double[0, 0.02]), (1, Gen.Double[0, 1.5])), Gen.Frequency((60, Gen.Const(false)), (1, Gen.Const(true)))).Array[1, 400]);

    [Fact]
    public void No_sliding_second_holds_more_than_five_percent_over_the_rate() => Patterns.Sample(pattern =>
    {
        Pace pace = Pace.At(0);
        double now = 0;
        List<double> granted = [];
        foreach ((double gap, bool slow) in pattern.Steps)
        {
            now += gap;
            if (slow)
            {
                pace.Halve(now);
            }

            now += Math.Max(0, pace.Wait(now, pattern.Rate));
            pace.Take(now, pattern.Rate);
            granted.Add(now);
        }

        MostInASecond(granted).ShouldBeLessThanOrEqualTo((int)Math.Floor(pattern.Rate * 1.05));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(20)]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(1000)]
    public void With_work_waiting_it_gives_98_percent_of_the_rate_through_late_timers(int rate)
    {
        Pace pace = Pace.At(0);
        Random chance = new(rate);
        const double Begun = 5;
        double now = 0;
        int granted = 0;
        while (now < Begun + 60)
        {
            if (pace.Wait(now, rate) <= 0)
            {
                pace.Take(now, rate);
                granted += now < Begun ? 0 : 1;
            }
            else
            {
                // A timer fires on the next millisecond at the earliest, and often a few later.
                now = Math.Max(now + 0.001, now + pace.Wait(now, rate)) + (chance.NextDouble() * 0.003);
            }
        }

        granted.ShouldBeGreaterThanOrEqualTo((int)(rate * 60 * 0.98));
    }

    [Fact]
    public void The_limiter_paces_those_who_wait_for_it()
    {
        FakeTimeProvider time = new();
        using RequestLimiter limiter = new(new Share(200), time);
        List<Task> waiting = [.. Enumerable.Range(0, 1500).Select(_ => limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask())];
        Advance(time, seconds: 3);
        int before = waiting.Count(task => task.IsCompletedSuccessfully);

        Advance(time, seconds: 2);

        (waiting.Count(task => task.IsCompletedSuccessfully) - before).ShouldBeInRange(392, 406);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(100)]
    [InlineData(200)]
    [InlineData(1000)]
    public void First_requests_that_arrive_late_and_together_hold_the_rate_too(int rate)
    {
        // Compiling and connecting take this long in a process that has just started.
        const double Late = 0.3;
        Pace pace = Pace.At(0);
        double now = 0;
        List<double> arrived = [];
        while (now < 4)
        {
            now += Math.Max(0, pace.Wait(now, rate));
            pace.Take(now, rate);
            arrived.Add(Math.Max(now, Late));
        }

        MostInASecond(arrived).ShouldBeLessThanOrEqualTo((int)(rate * 1.05));
    }

    [Fact]
    public void After_an_idle_minute_it_begins_slowly_again_and_after_a_shorter_one_it_does_not()
    {
        Pace pace = Pace.At(0);

        Granted(ref pace, from: 0, seconds: 1).ShouldBeInRange(40, 50);
        Granted(ref pace, from: 1, seconds: 1).ShouldBeInRange(75, 90);
        Granted(ref pace, from: 50, seconds: 1).ShouldBeInRange(98, 103);
        Granted(ref pace, from: 120, seconds: 1).ShouldBeInRange(40, 50);
    }

    [Fact]
    public void Asked_to_be_left_alone_it_gives_nothing_until_then()
    {
        FakeTimeProvider time = new();
        using RequestLimiter limiter = new(new Share(100), time);
        limiter.Hold(TimeSpan.FromSeconds(5));
        Task waiting = limiter.AcquireAsync(Lane.Live, CancellationToken.None).AsTask();

        time.Advance(TimeSpan.FromSeconds(4.99));
        waiting.IsCompleted.ShouldBeFalse();
        Advance(time, seconds: 1);

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
    public async Task Who_gives_up_takes_no_permit()
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
    public async Task Who_waits_when_it_is_disposed_of_is_told_so_and_who_comes_later_too()
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

    private static int Granted(ref Pace pace, double from, double seconds)
    {
        int granted = 0;
        for (double now = from; now < from + seconds; now += 0.001)
        {
            if (pace.Wait(now, 100) <= 0)
            {
                pace.Take(now, 100);
                granted++;
            }
        }

        return granted;
    }

    private static void Advance(FakeTimeProvider time, int seconds)
    {
        for (int ms = 0; ms < seconds * 1000; ms++)
        {
            time.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    private static int MostInASecond(List<double> granted)
    {
        int most = 0;
        for (int first = 0, last = 0; last < granted.Count; last++)
        {
            while (granted[last] - granted[first] >= 1)
            {
                first++;
            }

            most = Math.Max(most, last - first + 1);
        }

        return most;
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
