using System.Text.RegularExpressions;

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

    /// <summary>The file can't be created, opened or written.</summary>
    internal static QueueFileException Unwritable(string path, Exception cause) => new(
        QueueFileError.Unwritable,
        path,
        cause is UnauthorizedAccessException && Account.Of(path) is { } account ? account.ToString() : cause.Message,
        cause);

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

/// <summary>As whom this process runs, and what the folder lets others do: what somebody must know whose volume belongs to another user.</summary>
/// <param name="UserId">The number of the user.</param>
/// <param name="Folder">The nearest folder that exists on the way to the file.</param>
/// <param name="Mode">What its owner, its group and others may do.</param>
internal sealed partial record Account(string UserId, string Folder, UnixFileMode Mode)
{
    /// <summary>Reads them; null where the system does not tell.</summary>
    public static Account? Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        string? folder = System.IO.Path.GetDirectoryName(path);
        while (folder is not null && !Directory.Exists(folder))
        {
            folder = System.IO.Path.GetDirectoryName(folder);
        }

        return folder is not null && EffectiveUser().Match(File.ReadAllText("/proc/self/status")) is { Success: true } user
            ? new Account(user.Groups["id"].Value, folder, File.GetUnixFileMode(folder))
            : null;
    }

    public override string ToString() =>
        $"this process runs as the user with the id {UserId}, who may not write there. The folder '{Folder}' has mode {Convert.ToString((int)Mode, 8)}; if that user is to have it: chown {UserId} on it (of a container's volume: on the machine).";

    [GeneratedRegex(@"^Uid:\s+[0-9]+\s+(?<id>[0-9]+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex EffectiveUser();
}
