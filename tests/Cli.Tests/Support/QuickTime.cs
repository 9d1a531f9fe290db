namespace CustomerIoDestination.Cli.Tests.Support;

/// <summary>A clock whose waits end at once, and have taken their time all the same.</summary>
internal sealed class QuickTime : TimeProvider
{
    private long _waited;

    public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _waited);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime == Timeout.InfiniteTimeSpan)
        {
            return base.CreateTimer(callback, state, dueTime, period);
        }

        Interlocked.Add(ref _waited, (long)(dueTime.TotalSeconds * TimestampFrequency));
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
