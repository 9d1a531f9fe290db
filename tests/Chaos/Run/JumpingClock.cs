namespace CustomerIoDestination.Chaos.Run;

/// <summary>
/// The clock of a machine whose time is set again and again, by up to an hour forth and back. Timers and time stamps go on evenly, as they do
/// then. Thread-safe.
/// </summary>
/// <param name="time">The even clock.</param>
/// <param name="seed">Makes the jumps repeatable.</param>
internal sealed class JumpingClock(TimeProvider time, int seed) : TimeProvider
{
    /// <summary>How long it goes evenly.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(400);

    /// <summary>How far it is from the truth at most.</summary>
    public static readonly TimeSpan Farthest = TimeSpan.FromHours(1);

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
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow() + Current().Offset;

    private Jump Current()
    {
        int number = (int)(time.GetElapsedTime(_start) / Every);
        Jump jump = _jump;
        return jump.Number == number ? jump : _jump = new Jump(number, Farthest * ((2 * new Random(seed + number).NextDouble()) - 1));
    }

    private sealed record Jump(int Number, TimeSpan Offset);
}
