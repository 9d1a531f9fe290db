using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace CustomerIoDestination.Testing;

/// <summary>Waits for what another thread, a broker or another process does in its own time.</summary>
public static class Eventually
{
    // More than any loaded machine needs.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="what">What is waited for, for the message; the question's own text when not given.</param>
    /// <param name="limit">How long at most; two minutes when not given.</param>
    /// <exception cref="TimeoutException">The answer was no until the end.</exception>
    public static async Task BecomesTrueAsync(Func<Task<bool>> question, [CallerArgumentExpression(nameof(question))] string what = "", TimeSpan? limit = null)
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

    /// <summary>The same, for what is known at once.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="what">What is waited for, for the message; the question's own text when not given.</param>
    /// <param name="limit">How long at most; two minutes when not given.</param>
    /// <exception cref="TimeoutException">The answer was no until the end.</exception>
    public static Task BecomesTrueAsync(Func<bool> question, [CallerArgumentExpression(nameof(question))] string what = "", TimeSpan? limit = null) =>
        BecomesTrueAsync(() => Task.FromResult(question()), what, limit);
}
