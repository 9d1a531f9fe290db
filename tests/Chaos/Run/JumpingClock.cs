namespace CustomerIoDestination.Chaos.Run;

/// <summary>
/// The clock of a machine whose time is set again and again, by up to an hour forth and back, or is wrong by days or months at the start. Timers and time
/// stamps go on evenly, as they do then. Thread-safe.
/// </summary>
/// <param name="time">The even clock.</param>
/// <param name="seed">Makes the jumps repeatable.</param>
/// <param name="jumps">Whether it is set again and again.</param>
/// <param name="startsWrong">Whether it is wrong at the start; for every other seed it is put right after <see cref="PutRightAfter"/>.</param>
internal sealed class JumpingClock(TimeProvider time, int seed, bool jumps = true, bool startsWrong = false) : TimeProvider
{
    /// <summary>How long it goes evenly.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(400);

    /// <summary>How far it is from the truth at most.</summary>
    public static readonly TimeSpan Farthest = TimeSpan.FromHours(1);

    /// <summary>When a clock that was wrong at the start is put right, if it is.</summary>
    public static readonly TimeSpan PutRightAfter = TimeSpan.FromSeconds(2);

    // Beyond every retention and window, within some of them, and hardly more than what a start is believed.
    private static readonly int[] DaysWrong = [-400, -40, -2, 2, 4, 9, 31, 400];

    private readonly long _start = time.GetTimestamp();
    private volatile Jump _jump = new(-1, TimeSpan.Zero);

    /// <inheritdoc/>
    public override long TimestampFrequency => time.TimestampFrequency;

    /// <inheritdoc/>
    public override long GetTimestamp() => time.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        time.CreateTimer(callback, state, dueTime, period);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + (jumps ? Current().Offset : TimeSpan.Zero) + (startsWrong ? Wrong() : TimeSpan.Zero);

    private TimeSpan Wrong() => seed % 2 == 0 && time.GetElapsedTime(_start) >= PutRightAfter
        ? TimeSpan.Zero
        : TimeSpan.FromDays(DaysWrong[new Random(seed).Next(DaysWrong.Length)]);

    private Jump Current()
    {
        int number = (int)(time.GetElapsedTime(_start) / Every);
        Jump jump = _jump;
        return jump.Number == number ? jump : _jump = new Jump(number, Farthest * ((2 * new Random(seed + number).NextDouble()) - 1));
    }

    private sealed record Jump(int Number, TimeSpan Offset);
}
