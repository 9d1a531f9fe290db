namespace CustomerIoDestination.Chaos.Run;

/// <summary>The queue of a run: it outlives every life of the host.</summary>
internal interface IChaosQueueRun : IAsyncDisposable
{
    /// <summary>The host's settings for it.</summary>
    IReadOnlyList<string> Settings { get; }

    /// <summary>How large the host's files may grow in a life with a full disk; null where the queue is no file.</summary>
    long? FileSizeLimit();
}
