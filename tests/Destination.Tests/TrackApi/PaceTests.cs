using CsCheck;
using CustomerIoDestination.Pacing;

namespace CustomerIoDestination.Tests.TrackApi;

public sealed class PaceTests
{
    private static readonly int[] Rates = [1, 10, 20, 21, 33, 50, 100, 200, 1000];

    private static readonly Gen<(int Rate, (double Gap, bool Slow)[] Steps)> Patterns = Gen.Select(
        Gen.Int[0, Rates.Length - 1].Select(index => Rates[index]),
        Gen.Select(Gen.Frequency((6, Gen.Const(0d)), (3, Gen.Double[0, 0.02]), (1, Gen.Double[0, 1.5])), Gen.Frequency((60, Gen.Const(false)), (1, Gen.Const(true)))).Array[1, 400]);

    [Fact]
    public void No_sliding_second_holds_more_than_five_percent_over_the_rate() => Patterns.Holds(pattern =>
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

    [Fact]
    public void Over_restarts_a_sliding_second_holds_at_most_one_more_for_each_start_in_it() =>
        Gen.Select(Gen.Int[0, Rates.Length - 1].Select(index => Rates[index]), Gen.Select(Gen.Double[0.05, 3], Gen.Double[0.1, 0.6]).Array[1, 6]).Holds((rate, lives) =>
        {
            double now = 0;
            List<double> granted = [];
            List<double> starts = [];
            foreach ((double life, double pause) in lives)
            {
                // A process remembers nothing of the one before it, and is killed at any time.
                Pace pace = Pace.At(now);
                starts.Add(now);
                double end = now + life;
                for (double next = now + Math.Max(0, pace.Wait(now, rate)); next < end; next = now + Math.Max(0, pace.Wait(now, rate)))
                {
                    now = next;
                    pace.Take(now, rate);
                    granted.Add(now);
                }

                now = end + pause;
            }

            MostInASecond(granted).ShouldBeLessThanOrEqualTo((int)Math.Floor(rate * 1.05) + MostInASecond(starts));
        });

    [Fact]
    public void Requests_that_are_held_up_on_their_way_arrive_no_denser_than_they_were_permitted_in_a_second_and_the_longest_delay() =>
        Gen.Select(Gen.Int[0, Rates.Length - 1].Select(index => Rates[index]), Gen.Double[0, 0.5], Gen.Int[0, 1_000]).Holds((rate, longest, seed) =>
        {
            Random chance = new(seed);
            Pace pace = Pace.At(0);
            double now = 0;
            List<double> arrived = [];
            while (now < 5)
            {
                now += Math.Max(0, pace.Wait(now, rate));
                pace.Take(now, rate);
                arrived.Add(now + (longest * chance.NextDouble()));
            }

            arrived.Sort();
            MostInASecond(arrived).ShouldBeLessThanOrEqualTo((int)Math.Ceiling(rate * 1.05 * (1 + longest)));
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
}
