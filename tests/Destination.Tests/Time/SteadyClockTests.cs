using CustomerIoDestination.Time;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Time;

public sealed class SteadyClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _true = new(Start);
    private readonly JumpingClock _wall;
    private readonly SteadyClock _clock;

    public SteadyClockTests()
    {
        _wall = new JumpingClock(_true);
        _clock = new SteadyClock(_wall);
    }

    [Fact]
    public void Without_jumps_it_is_the_wall_clock()
    {
        _true.Advance(TimeSpan.FromDays(40));

        _clock.UtcNow.ShouldBe(Start.AddDays(40));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void A_small_correction_is_believed_at_once(int seconds)
    {
        _wall.Jump(TimeSpan.FromSeconds(seconds));

        _clock.UtcNow.ShouldBe(Start.AddSeconds(seconds));
    }

    [Fact]
    public void Small_corrections_add_up_without_ever_becoming_a_jump()
    {
        for (int day = 1; day <= 100; day++)
        {
            _true.Advance(TimeSpan.FromDays(1));
            _wall.Jump(TimeSpan.FromSeconds(50));
            _clock.UtcNow.ShouldBe(_wall.GetUtcNow());
        }
    }

    [Theory]
    [InlineData(61)]
    [InlineData(-61)]
    [InlineData(31 * 86_400)]
    [InlineData(-31 * 86_400)]
    public void A_jump_is_believed_only_after_an_hour(int seconds)
    {
        _wall.Jump(TimeSpan.FromSeconds(seconds));
        DateTimeOffset atOnce = _clock.UtcNow;
        _true.Advance(SteadyClock.Doubt - TimeSpan.FromSeconds(1));
        DateTimeOffset doubted = _clock.UtcNow;
        _true.Advance(TimeSpan.FromSeconds(1));
        DateTimeOffset believed = _clock.UtcNow;

        atOnce.ShouldBe(Start);
        doubted.ShouldBe(Start + SteadyClock.Doubt - TimeSpan.FromSeconds(1));
        believed.ShouldBe(Start + SteadyClock.Doubt + TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public void A_jump_that_is_taken_back_leaves_nothing_behind()
    {
        _wall.Jump(TimeSpan.FromDays(31));
        _ = _clock.UtcNow;
        _true.Advance(TimeSpan.FromMinutes(50));
        _ = _clock.UtcNow;
        _wall.Jump(TimeSpan.FromDays(-31));
        DateTimeOffset back = _clock.UtcNow;
        _wall.Jump(TimeSpan.FromDays(31));
        _ = _clock.UtcNow;
        _true.Advance(TimeSpan.FromMinutes(50));

        back.ShouldBe(Start.AddMinutes(50));
        _clock.UtcNow.ShouldBe(Start.AddMinutes(100));
    }

    [Fact]
    public void Another_jump_begins_the_hour_anew()
    {
        _wall.Jump(TimeSpan.FromDays(1));
        _ = _clock.UtcNow;
        _true.Advance(TimeSpan.FromMinutes(50));
        _wall.Jump(TimeSpan.FromDays(1));
        _ = _clock.UtcNow;
        _true.Advance(TimeSpan.FromMinutes(50));
        DateTimeOffset doubted = _clock.UtcNow;
        _true.Advance(TimeSpan.FromMinutes(10));

        doubted.ShouldBe(Start.AddMinutes(100));
        _clock.UtcNow.ShouldBe(Start.AddDays(2).AddMinutes(110));
    }

    [Fact]
    public void A_jump_is_doubted_from_when_it_is_seen_though_nobody_looked_for_long()
    {
        _true.Advance(TimeSpan.FromDays(2));
        _wall.Jump(TimeSpan.FromDays(31));

        _clock.UtcNow.ShouldBe(Start.AddDays(2));
    }

    [Fact]
    public void A_start_whose_memory_is_still_to_be_read_is_doubted_until_then()
    {
        _clock.AwaitMemory();
        _true.Advance(TimeSpan.FromDays(30));
        ClockReading unread = _clock.Read();
        _clock.GoOnFrom(new ClockMemory(Start.AddDays(30).AddHours(-1), TimeSpan.Zero));

        (unread.IsDoubted, unread.ProofLeft).ShouldBe((true, null));
        _clock.Read().IsDoubted.ShouldBeFalse();
    }

    [Fact]
    public void A_start_of_which_nothing_was_kept_is_believed_once_that_is_known()
    {
        _clock.AwaitMemory();
        _clock.Read().IsDoubted.ShouldBeTrue();

        _clock.BelieveStart();

        _clock.Read().IsDoubted.ShouldBeFalse();
    }
}
