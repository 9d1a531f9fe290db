using System.Diagnostics;

namespace CustomerIoDestination.ApiContract.Asking;

/// <summary>Waits for what a host does after it answered.</summary>
internal static class Patience
{
    // Waited out by a failure only; a status of many processes is up to fifteen seconds old, a Functions host looks for new sessions each few.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Asks until the answer is what is waited for.</summary>
    public static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Predicate<T> isIt, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            T answer = await ask();
            if (isIt(answer))
            {
                return answer;
            }

            if (Stopwatch.GetElapsedTime(start) >= Limit)
            {
                throw new TimeoutException($"Waited {Limit.TotalSeconds} s for {what}. The last answer: {answer}");
            }

            await Task.Delay(Pause);
        }
    }
}
