namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>
/// The queue file can't be used, so the process must not start. The file is as it was.
/// The message names the file, the setting <c>Queue__Path</c> and what can be done.
/// </summary>
public sealed class QueueFileException : Exception
{
    internal QueueFileException(QueueFileError error, string path, string detail, Exception? innerException = null)
        : base(Describe(error, path, detail), innerException)
    {
        Error = error;
        Path = path;
    }

    /// <summary>What is wrong.</summary>
    public QueueFileError Error { get; }

    /// <summary>The file.</summary>
    public string Path { get; }

    private static string Describe(QueueFileError error, string path, string detail) => error switch
    {
        QueueFileError.Unwritable => $"The queue file '{path}' (setting Queue__Path) can't be written: {detail} Choose a path this account may write to.",
        QueueFileError.Corrupt => $"The queue file '{path}' (setting Queue__Path) is damaged or no queue file: {detail} It was not changed; move it away or choose another path.",
        QueueFileError.NotAQueue => $"The file '{path}' (setting Queue__Path) is a database of something else: {detail} It was not changed; choose another path.",
        QueueFileError.NewerVersion => $"The queue file '{path}' (setting Queue__Path) was written by a newer version: {detail} It was not changed; run that version or choose another path.",
        QueueFileError.InUse => $"The queue file '{path}' (setting Queue__Path) is in use: {detail} Stop the other one or choose another path.",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}

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
