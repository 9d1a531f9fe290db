namespace CustomerIoDestination.AzureServices.ServiceBus.Counting;

/// <summary>One answer for all who ask: whoever comes while it is looked up waits for the same, and what it came to holds for a moment. Thread-safe.</summary>
/// <param name="ask">Looks it up. Runs on whoever gave up waiting or not.</param>
/// <param name="holds">How long an answer is given out again.</param>
/// <param name="time">The clock.</param>
internal sealed class SharedAnswer<T>(Func<Task<T>> ask, TimeSpan holds, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task<T>? _asking;
    private long? _answeredAt;

    /// <summary>The answer.</summary>
    /// <param name="cancellationToken">Gives up waiting; the others still get their answer.</param>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_asking is null || (_asking.IsCompleted && !(_answeredAt is { } at && time.GetElapsedTime(at) < holds)))
            {
                _answeredAt = null;
                _asking = Task.Run(AskAsync, CancellationToken.None);
            }

            return _asking.WaitAsync(cancellationToken);
        }
    }

    private async Task<T> AskAsync()
    {
        T answer = await ask();
        lock (_gate)
        {
            _answeredAt = time.GetTimestamp();
        }

        return answer;
    }
}
