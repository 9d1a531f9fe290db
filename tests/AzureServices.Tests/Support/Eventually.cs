namespace CustomerIoDestination.AzureServices.Tests.Support;

/// <summary>Waits for what a broker, a client or another process does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    /// <summary>Asks again and again until it is so, and fails after a patience that no loaded machine needs.</summary>
    public static async Task BecomesTrueAsync(Func<Task<bool>> condition, TimeSpan? patience = null)
    {
        using CancellationTokenSource giveUp = new(patience ?? TimeSpan.FromSeconds(60));
        while (!await condition())
        {
            giveUp.IsCancellationRequested.ShouldBeFalse("it did not come");
            await Task.Delay(Interval);
        }
    }

    /// <summary>The same, for what is known at once.</summary>
    public static Task BecomesTrueAsync(Func<bool> condition, TimeSpan? patience = null) => BecomesTrueAsync(() => Task.FromResult(condition()), patience);
}
