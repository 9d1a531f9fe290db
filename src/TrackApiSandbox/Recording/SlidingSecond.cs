namespace TrackApiSandbox.Recording;

/// <summary>The highest number of arrivals in any span of one second. Holds one timestamp per arrival of the last second, no more.</summary>
internal sealed class SlidingSecond(long ticksPerSecond)
{
    private readonly Queue<long> _lastSecond = new();

    public long Highest { get; private set; }

    /// <summary>Counts an arrival; timestamps must not decrease.</summary>
    public void Add(long timestamp)
    {
        while (_lastSecond.TryPeek(out long oldest) && timestamp - oldest >= ticksPerSecond)
        {
            _lastSecond.Dequeue();
        }

        _lastSecond.Enqueue(timestamp);
        Highest = Math.Max(Highest, _lastSecond.Count);
    }
}
