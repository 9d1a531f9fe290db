using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Support;

/// <summary>
/// Drives a fake clock from outside while the code under test waits on it. The clock moves only when this process has come to rest, so that no
/// continuation is overtaken by a later step; tests of this assembly therefore run one at a time.
/// </summary>
internal static class Clock
{
    private const int MostSteps = 20_000;

    private static readonly TimeSpan FirstWatch = TimeSpan.FromMilliseconds(50);

    // Far longer than anything of a test waits for a processor, or for its code to be compiled, on a busy machine.
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestUnrest = TimeSpan.FromSeconds(30);

    // Threads of the pool that the test runner keeps busy for good: found out before the first test does anything, and by watching.
    private static int? _runners;
    private static Unrest? _unrest;

    /// <summary>
    /// Lets the test's continuations, and those of what it calls, run on the pool, where they are seen. The runner's context would start a thread for each.
    /// To be called by a test, or its constructor, before anything else.
    /// </summary>
    public static void SeeAll()
    {
        SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
        if (_runners is not null)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        int busy = BusyOthers();
        while (Stopwatch.GetElapsedTime(start) < FirstWatch)
        {
            Thread.Sleep(1);
            busy = Math.Min(busy, BusyOthers());
        }

        _runners = busy;
    }

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
        // On a stack of its own: what called back into the test goes on meanwhile, and is waited for like everything else.
        await Task.Yield();
        long start = Stopwatch.GetTimestamp();
        SpinWait spin = new();
        while (!IsAtRest())
        {
            (Stopwatch.GetElapsedTime(start) < LongestUnrest).ShouldBeTrue("this process does not come to rest: something runs on and on, or blocks a thread of the pool");
            spin.SpinOnce();
        }
    }

    // Work is counted from the moment it is queued until its thread has nothing left to do, however long the machine leaves that thread without a processor.
    private static bool IsAtRest()
    {
        int busy = ThreadPool.PendingWorkItemCount == 0 ? BusyOthers() : int.MaxValue;
        if (busy <= (_runners ?? 0))
        {
            (_runners, _unrest) = (busy, null);
            return true;
        }

        Unrest unrest = _unrest ?? new Unrest(busy, Stopwatch.GetTimestamp());
        if (Stopwatch.GetElapsedTime(unrest.Since) < Watch)
        {
            _unrest = unrest with { FewestBusy = Math.Min(unrest.FewestBusy, busy) };
            return false;
        }

        // So many never ended.
        (_runners, _unrest) = (unrest.FewestBusy < int.MaxValue ? unrest.FewestBusy : _runners, null);
        return false;
    }

    private static int BusyOthers()
    {
        ThreadPool.GetMaxThreads(out int all, out _);
        ThreadPool.GetAvailableThreads(out int idle, out _);
        return all - idle - (Thread.CurrentThread.IsThreadPoolThread ? 1 : 0);
    }

    /// <summary>The fewest threads that were busy since a time.</summary>
    private readonly record struct Unrest(int FewestBusy, long Since);
}
