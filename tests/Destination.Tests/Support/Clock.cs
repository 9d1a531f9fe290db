using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Support;

/// <summary>Drives a fake clock from outside while the code under test waits on it.</summary>
internal static class Clock
{
    public static async Task<T> RunAsync<T>(FakeTimeProvider time, Task<T> task, TimeSpan step)
    {
        await RunAsync(time, (Task)task, step);
        return await task;
    }

    public static async Task RunAsync(FakeTimeProvider time, Task task, TimeSpan step)
    {
        await SettleAsync();
        while (!task.IsCompleted)
        {
            time.Advance(step);
            await SettleAsync();
        }

        await task;
    }

    public static async Task RunAsync(FakeTimeProvider time, TimeSpan span, TimeSpan step)
    {
        await SettleAsync();
        for (TimeSpan gone = TimeSpan.Zero; gone < span; gone += step)
        {
            time.Advance(step);
            await SettleAsync();
        }
    }

    /// <summary>Lets the continuations run that the last step of the clock set free.</summary>
    public static async Task SettleAsync()
    {
        for (int i = 0; i < 10; i++)
        {
            await Task.Yield();
        }

        await Task.Delay(1);
    }
}
