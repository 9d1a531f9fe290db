using CustomerIoDestination.Chaos.Run;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Chaos.Tests;

public sealed class JumpingClockTests
{
    private readonly FakeTimeProvider _even = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Its_time_is_set_forth_and_back_and_never_by_more_than_an_hour()
    {
        var clock = new JumpingClock(_even, 1);
        List<TimeSpan> offsets = [];
        for (int jump = 0; jump < 50; jump++)
        {
            offsets.Add(clock.GetUtcNow() - _even.GetUtcNow());
            _even.Advance(JumpingClock.Every);
        }

        offsets.ShouldBeUnique();
        offsets.ShouldContain(offset => offset < TimeSpan.Zero);
        offsets.ShouldContain(offset => offset > TimeSpan.Zero);
        offsets.ShouldAllBe(offset => offset.Duration() <= JumpingClock.Farthest);
    }

    [Theory]
    [InlineData(6, true)]
    [InlineData(7, false)]
    public void It_is_days_wrong_at_the_start_and_for_some_seeds_put_right(int seed, bool isPutRight)
    {
        var clock = new JumpingClock(_even, seed, jumps: false, startsWrong: true);

        TimeSpan atFirst = clock.GetUtcNow() - _even.GetUtcNow();
        _even.Advance(JumpingClock.PutRightAfter);
        TimeSpan later = clock.GetUtcNow() - _even.GetUtcNow();

        atFirst.Duration().ShouldBeGreaterThan(TimeSpan.FromDays(1));
        later.ShouldBe(isPutRight ? TimeSpan.Zero : atFirst);
    }

    [Fact]
    public void Time_stamps_and_timers_go_on_evenly()
    {
        var clock = new JumpingClock(_even, 1);
        int fired = 0;
        long before = clock.GetTimestamp();
        using ITimer timer = clock.CreateTimer(_ => fired++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

        _even.Advance(TimeSpan.FromSeconds(3));

        fired.ShouldBe(3);
        clock.GetElapsedTime(before).ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void The_same_seed_makes_the_same_jumps() =>
        new JumpingClock(_even, 5).GetUtcNow().ShouldBe(new JumpingClock(_even, 5).GetUtcNow());
}
