namespace CustomerIoDestination.Chaos.Run;

/// <summary>Where the host listens in its present life. Thread-safe.</summary>
internal sealed class HostAddress
{
    private volatile Uri? _current;

    /// <summary>The address; null between two lives.</summary>
    public Uri? Current
    {
        get => _current;
        set => _current = value;
    }
}
