using System.Diagnostics;

namespace CustomerIoDestination.AzureServices.Tests.ServiceBus.Support;

/// <summary>Waits for what a broker and a client do in their own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Asks until the answer is yes.</summary>
    public static async Task TrueAsync(Func<bool> question)
    {
        long start = Stopwatch.GetTimestamp();
        while (!question())
        {
            (Stopwatch.GetElapsedTime(start) < Patience).ShouldBeTrue($"waited {Patience}");
            await Task.Delay(TimeSpan.FromMilliseconds(10));
        }
    }
}
