namespace CustomerIoDestination.Testing;

/// <summary>
/// A clock whose date and time can be set, as an operator or a time server does, while timers and timestamps go on as they were. Thread-safe when nobody
/// sets it by hand.
/// </summary>
/// <param name="steady">The even clock.</param>
/// <param name="plan">How far off it is when so much time has passed since it was made; never, when not given.</param>
public sealed class JumpingClock(TimeProvider steady, Func<TimeSpan, TimeSpan>? plan = null) : TimeProvider
{
    private readonly long _start = steady.GetTimestamp();
    private TimeSpan _offset;

    /// <inheritdoc/>
    public override long TimestampFrequency => steady.TimestampFrequency;

    /// <summary>Sets the clock forwards, or backwards.</summary>
    /// <param name="by">How far from what it shows.</param>
    public void Jump(TimeSpan by) => _offset += by;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + _offset + (plan?.Invoke(steady.GetElapsedTime(_start)) ?? TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => steady.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        steady.CreateTimer(callback, state, dueTime, period);
}
