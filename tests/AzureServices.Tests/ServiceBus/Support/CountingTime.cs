using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>A clock moved by hand that knows how many waits were begun on it, so that a test moves it only when somebody waits.</summary>
internal sealed class CountingTime : FakeTimeProvider
{
    private int _waits;

    public int Waits => Volatile.Read(ref _waits);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ITimer timer = base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Increment(ref _waits);
        return timer;
    }
}
