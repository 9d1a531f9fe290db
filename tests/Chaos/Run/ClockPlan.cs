namespace CustomerIoDestination.Chaos.Run;

/// <summary>
/// How wrong the clock of a machine is whose time is set again and again, by up to an hour forth and back, or is wrong by days or months at the start.
/// </summary>
/// <param name="Seed">Makes the plan repeatable.</param>
/// <param name="Jumps">Whether the clock is set again and again.</param>
/// <param name="StartsWrong">Whether it is wrong at the start; for every other seed it is put right after <see cref="PutRightAfter"/>.</param>
internal sealed record ClockPlan(int Seed, bool Jumps = true, bool StartsWrong = false)
{
    /// <summary>How long it goes evenly.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(400);

    /// <summary>How far it is from the truth at most when it is set again and again.</summary>
    public static readonly TimeSpan Farthest = TimeSpan.FromHours(1);

    /// <summary>When a clock that was wrong at the start is put right, if it is.</summary>
    public static readonly TimeSpan PutRightAfter = TimeSpan.FromSeconds(2);

    // Beyond every retention and window, within some of them, and hardly more than what a start is believed.
    private static readonly int[] DaysWrong = [-400, -40, -2, 2, 4, 9, 31, 400];

    /// <summary>The clock that follows the plan.</summary>
    /// <param name="time">The even clock.</param>
    public JumpingClock On(TimeProvider time) => new(time, OffsetAt);

    /// <summary>How far the clock is from the truth when so much time has passed since the start.</summary>
    public TimeSpan OffsetAt(TimeSpan elapsed) => (Jumps ? Jump((int)(elapsed / Every)) : TimeSpan.Zero) + (StartsWrong ? Wrong(elapsed) : TimeSpan.Zero);

    private TimeSpan Jump(int number) => Farthest * ((2 * new Random(Seed + number).NextDouble()) - 1);

    private TimeSpan Wrong(TimeSpan elapsed) => Seed % 2 == 0 && elapsed >= PutRightAfter ? TimeSpan.Zero : TimeSpan.FromDays(DaysWrong[new Random(Seed).Next(DaysWrong.Length)]);
}
