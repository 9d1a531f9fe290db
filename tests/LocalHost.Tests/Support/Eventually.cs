using System.Diagnostics;

namespace CustomerIoDestination.LocalHost.Tests.Support;

/// <summary>Waits for something that real processes do in their own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks again and again until the answer is yes.</summary>
    public static async Task BecomesTrueAsync(Func<Task<bool>> question, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await question())
        {
            (Stopwatch.GetElapsedTime(start) < Limit).ShouldBeTrue($"waited {Limit} for: {what}");
            await Task.Delay(Pause);
        }
    }
}
