namespace CustomerIoDestination.Settings;

/// <summary>Who may send events, and how much at once.</summary>
public sealed record IngestSettings
{
    /// <summary>The ingest keys, either of which opens <c>POST /api/events</c>; two, so that they can be rotated.</summary>
    public IReadOnlyList<Secret> Keys { get; init; } = [];

    /// <summary>The secret of the request signature; null when signatures are not used.</summary>
    public Secret? SigningSecret { get; init; }

    /// <summary>The key that lets delete and suppress events count; null when none does.</summary>
    public Secret? LifecycleKey { get; init; }

    /// <summary>Events older than this go to the import lane; null (the default) for never, because splitting a device over two lanes breaks its order.</summary>
    public TimeSpan? ImportOlderThan { get; init; }

    /// <summary>The most bytes of one request's body, before and after gunzip.</summary>
    public int MaxBodyBytes { get; init; } = 1024 * 1024;

    /// <summary>The most bytes the events of one batch may have in sum, once each has what the object around the batch says for all: 8 times the body's bound.</summary>
    internal long MaxMergedBytes => 8L * MaxBodyBytes;
}

/// <summary>Who may look and operate.</summary>
public sealed record AdminSettings
{
    /// <summary>The admin keys, either of which opens every route but ingest; two, so that they can be rotated.</summary>
    public IReadOnlyList<Secret> Keys { get; init; } = [];
}
