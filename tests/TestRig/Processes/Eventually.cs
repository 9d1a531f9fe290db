using System.Diagnostics;

namespace CustomerIoDestination.TestRig.Processes;

/// <summary>Waits for something that real processes do in their own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="what">What is waited for, for the message.</param>
    /// <param name="limit">How long at most; two minutes when not given.</param>
    /// <exception cref="TimeoutException">It never was.</exception>
    public static async Task BecomesTrueAsync(Func<Task<bool>> question, string what, TimeSpan? limit = null)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await question())
        {
            if (Stopwatch.GetElapsedTime(start) >= (limit ?? Limit))
            {
                throw new TimeoutException($"Waited {limit ?? Limit} for {what}.");
            }

            await Task.Delay(Pause);
        }
    }
}
