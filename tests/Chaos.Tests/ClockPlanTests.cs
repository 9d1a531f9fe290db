using CustomerIoDestination.Chaos.Run;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Chaos.Tests;

public sealed class ClockPlanTests
{
    private readonly FakeTimeProvider _even = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void A_clock_that_jumps_is_set_forth_and_back_and_never_by_more_than_an_hour()
    {
        JumpingClock clock = new ClockPlan(1).On(_even);
        List<TimeSpan> offsets = [];
        for (int jump = 0; jump < 50; jump++)
        {
            offsets.Add(clock.GetUtcNow() - _even.GetUtcNow());
            _even.Advance(ClockPlan.Every);
        }

        offsets.ShouldBeUnique();
        offsets.ShouldContain(offset => offset < TimeSpan.Zero);
        offsets.ShouldContain(offset => offset > TimeSpan.Zero);
        offsets.ShouldAllBe(offset => offset.Duration() <= ClockPlan.Farthest);
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(7, false)]
    public void A_clock_that_starts_wrong_is_days_off_and_for_every_other_seed_put_right(int seed, bool isPutRight)
    {
        JumpingClock clock = new ClockPlan(seed, Jumps: false, StartsWrong: true).On(_even);

        TimeSpan atFirst = clock.GetUtcNow() - _even.GetUtcNow();
        _even.Advance(ClockPlan.PutRightAfter);
        TimeSpan later = clock.GetUtcNow() - _even.GetUtcNow();

        atFirst.Duration().ShouldBeGreaterThan(TimeSpan.FromDays(1));
        later.ShouldBe(isPutRight ? TimeSpan.Zero : atFirst);
    }

    [Fact]
    public void Time_stamps_and_timers_go_on_evenly_while_the_clock_jumps()
    {
        JumpingClock clock = new ClockPlan(1).On(_even);
        int fired = 0;
        long before = clock.GetTimestamp();
        using ITimer timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        _even.Advance(TimeSpan.FromSeconds(3));

        fired.ShouldBe(3);
        clock.GetElapsedTime(before).ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void The_same_seed_makes_the_same_jumps() =>
        new ClockPlan(5).On(_even).GetUtcNow().ShouldBe(new ClockPlan(5).On(_even).GetUtcNow());
}
