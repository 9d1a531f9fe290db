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
