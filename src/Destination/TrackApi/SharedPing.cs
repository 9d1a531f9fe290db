namespace CustomerIoDestination.TrackApi;

/// <summary>One ping in flight for all who ask, and its answer good for ten seconds: a wrong key must not double the traffic.</summary>
internal sealed class SharedPing(Func<Task<PingResult>> ping, TimeProvider time)
{
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private Task<PingResult>? _last;
    private long _endedAt;

    /// <summary>The answer: the one in flight, the one just had, or a new one.</summary>
    public Task<PingResult> AskAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            bool usable = _last is { IsCompleted: false } || (_last is { IsCompletedSuccessfully: true } && time.GetElapsedTime(_endedAt) < Held);
            if (!usable)
            {
                _last = RunAsync();
            }

            return _last!.WaitAsync(cancellationToken);
        }
    }

    private async Task<PingResult> RunAsync()
    {
        // Leaves the lock before anything runs.
        await Task.Yield();
        PingResult result = await ping();
        lock (_gate)
        {
            _endedAt = time.GetTimestamp();
        }

        return result;
    }
}
