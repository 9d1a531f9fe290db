namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>
/// One process owns the queue file, because leases and counters live in its memory. The lock is the operating system's,
/// on a file beside the queue, so it vanishes with the process however that ends; the lock file itself stays and means nothing.
/// </summary>
internal sealed class FileLock : IDisposable
{
    // EWOULDBLOCK on Linux, on macOS, and ERROR_SHARING_VIOLATION on Windows.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020)];

    private readonly FileStream _file;

    private FileLock(FileStream file) => _file = file;

    /// <exception cref="QueueFileException">Somebody else has it, or it can't be created.</exception>
    public static FileLock Take(string queuePath)
    {
        try
        {
            return new FileLock(new FileStream(queuePath + ".lock", NewFile.Options(FileShare.None)));
        }
        catch (IOException e) when (HeldByAnother.Contains(e.HResult))
        {
            throw new QueueFileException(QueueFileError.InUse, queuePath, "another process works on it.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QueueFileException(QueueFileError.Unwritable, queuePath, e.Message, e);
        }
    }

    public void Dispose() => _file.Dispose();
}
