using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Support;

/// <summary>
/// Drives a fake clock from outside while the code under test waits on it. The clock moves only when this process has come to rest, so that no
/// continuation is overtaken by a later step; tests of this assembly therefore run one at a time.
/// </summary>
internal static class Clock
{
    private const int MostSteps = 20_000;
    private const int RestfulLooks = 2;

    // What this class's own delay costs the thread pool.
    private const int OwnWork = 2;

    private const int MostLooks = 200;

    public static async Task<T> RunAsync<T>(FakeTimeProvider time, Task<T> task, TimeSpan step)
    {
        await RunAsync(time, (Task)task, step);
        return await task;
    }

    public static async Task RunAsync(FakeTimeProvider time, Task task, TimeSpan step)
    {
        await SettleAsync();
        for (int steps = 0; !task.IsCompleted; steps++)
        {
            steps.ShouldBeLessThan(MostSteps, $"after {step * MostSteps} of the fake clock the task has not ended");
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

    /// <summary>Lets the continuations run that the last step of the clock set free, until nothing runs any more.</summary>
    public static async Task SettleAsync()
    {
        long completed = ThreadPool.CompletedWorkItemCount;
        int restful = 0;
        for (int look = 0; look < MostLooks && restful < RestfulLooks; look++)
        {
            await Task.Delay(1);
            long now = ThreadPool.CompletedWorkItemCount;
            restful = ThreadPool.PendingWorkItemCount == 0 && now - completed <= OwnWork ? restful + 1 : 0;
            completed = now;
        }
    }
}
