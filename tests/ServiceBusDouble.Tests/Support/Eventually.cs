namespace ServiceBusDouble.Tests.Support;

/// <summary>For what another thread or process does in its own time.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static Task TrueAsync(Func<bool> condition) => TrueAsync(() => Task.FromResult(condition()));

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        using CancellationTokenSource end = new(Patience);
        while (!await condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), end.Token);
        }
    }
}
