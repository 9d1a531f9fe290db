namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>Why the queue file can't be used.</summary>
public enum QueueFileError
{
    /// <summary>It, or its folder, can't be created, opened or written.</summary>
    Unwritable,

    /// <summary>It is no SQLite database, or a damaged one.</summary>
    Corrupt,

    /// <summary>It is a SQLite database of something else.</summary>
    NotAQueue,

    /// <summary>A newer version of this product wrote it.</summary>
    NewerVersion,

    /// <summary>Another process (or another queue in this one) holds it.</summary>
    InUse,
}
