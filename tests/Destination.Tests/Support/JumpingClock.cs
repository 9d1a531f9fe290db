namespace CustomerIoDestination.Tests.Support;

/// <summary>A clock whose date and time can be set, as an operator or a time server does, while timers and timestamps go on as they were.</summary>
internal sealed class JumpingClock(TimeProvider steady) : TimeProvider
{
    private TimeSpan _offset;

    public override long TimestampFrequency => steady.TimestampFrequency;

    /// <summary>Sets the clock forwards, or backwards.</summary>
    public void Jump(TimeSpan by) => _offset += by;

    public override DateTimeOffset GetUtcNow() => steady.GetUtcNow() + _offset;

    public override long GetTimestamp() => steady.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        steady.CreateTimer(callback, state, dueTime, period);
}
