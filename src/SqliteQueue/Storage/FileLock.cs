using Microsoft.Win32.SafeHandles;

namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>
/// One process owns the queue file, because leases and counters live in its memory. Two locks of the operating system say so; both vanish with the process
/// however that ends. One is on a file beside the queue, which stays and means nothing by itself: it tells owners in one process apart, too. The other is on
/// the queue's file itself, so that no other way to it (a hard link, a mount of the file alone) leads past the first, and does not depend on the runtime's
/// file locking, which a setting can switch off. Symbolic links are resolved before (<see cref="RealPath"/>).
/// </summary>
internal sealed class FileLock : IDisposable
{
    // Far beyond the end of any SQLite file and of the bytes SQLite locks.
    private const long OwnersByte = 1L << 60;

    // EWOULDBLOCK on Linux, on macOS, ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION on Windows.
    private static readonly int[] HeldByAnother = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    private readonly string _lockPath;
    private readonly FileStream _database;
    private FileStream _beside;

    private FileLock(string lockPath, FileStream beside, FileStream database)
    {
        _lockPath = lockPath;
        _beside = beside;
        _database = database;
    }

    /// <summary>The queue's file, open for as long as the lock is held. Closing another handle on it in this process would drop the lock on it.</summary>
    public SafeFileHandle Database => _database.SafeFileHandle;

    /// <summary>Takes both, and creates the queue's file, empty, where there is none.</summary>
    /// <exception cref="QueueFileException">Somebody else has it, or it can't be created.</exception>
    public static FileLock Take(string queuePath)
    {
        FileStream? beside = null;
        FileStream? database = null;
        try
        {
            string lockPath = queuePath + ".lock";
            beside = Hold(lockPath);
            database = new FileStream(queuePath, NewFile.Options(FileShare.ReadWrite | FileShare.Delete));
            LockByte(database);
            return new FileLock(lockPath, beside, database);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            database?.Dispose();
            beside?.Dispose();
            throw HeldByAnother.Contains(e.HResult)
                ? new QueueFileException(QueueFileError.InUse, queuePath, "another process works on it.", e)
                : QueueFileException.Unwritable(queuePath, e);
        }
    }

    /// <summary>
    /// Holds the lock beside the queue anew if somebody deleted it, so that no second process becomes the owner while this one lives. If one did meanwhile,
    /// it is the owner of another file.
    /// </summary>
    public void HoldAgain()
    {
        if (File.Exists(_lockPath))
        {
            return;
        }

        try
        {
            FileStream beside = Hold(_lockPath);
            _beside.Dispose();
            _beside = beside;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tried again each second; the lock on the queue's file itself holds meanwhile.
        }
    }

    public void Dispose()
    {
        _database.Dispose();
        _beside.Dispose();
    }

    private static FileStream Hold(string lockPath)
    {
        var file = new FileStream(lockPath, NewFile.Options(FileShare.None));
        try
        {
            LockByte(file);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    // Other systems have no such lock in the runtime; there the one beside the queue stands alone.
    private static void LockByte(FileStream file)
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsWindows())
        {
            file.Lock(OwnersByte, 1);
        }
    }
}

/// <summary>How files are created: for the owner alone, because events are healthcare data. SQLite gives its WAL the mode of the database.</summary>
internal static class NewFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens for reading and writing. Without another mode it creates what is missing and changes nothing that is there.</summary>
    public static FileStreamOptions Options(FileShare share, FileMode mode = FileMode.OpenOrCreate)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }
}

/// <summary>The path of a file itself, whatever symbolic links lead to it: one file must have one lock and one WAL.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MaxLinks = 40;

    /// <summary>Resolves the links of the file and of all its folders. What does not exist yet stays as it is.</summary>
    /// <exception cref="IOException">Links lead in a circle.</exception>
    public static string Of(string path)
    {
        int links = 0;
        return Resolve(Path.GetFullPath(path), ref links);
    }

    private static string Resolve(string path, ref int links)
    {
        if (Path.GetDirectoryName(path) is not { } folder)
        {
            return path;
        }

        string real = Path.Combine(Resolve(folder, ref links), Path.GetFileName(path));
        if (new FileInfo(real).LinkTarget is not { } target)
        {
            return real;
        }

        return ++links <= MaxLinks
            ? Resolve(Path.GetFullPath(target, Path.GetDirectoryName(real)!), ref links)
            : throw new IOException("Too many symbolic links, or links in a circle.");
    }
}

/// <summary>
/// The file system under a path, and whether it is one over a network: there the operating system's locks may not reach other machines, and SQLite's WAL needs
/// memory that all its users share. Two hosts would work on one queue.
/// </summary>
internal static class NetworkFileSystem
{
    /// <summary>Where Linux shows what is mounted.</summary>
    public const string MountTable = "/proc/mounts";

    // As /proc/mounts calls them. Of what a program mounts (fuse.…) only those that are known to stay on the machine are not meant.
    private static readonly HashSet<string> Networked = new(StringComparer.Ordinal)
    {
        "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "ceph", "glusterfs", "lustre", "gpfs", "beegfs", "afs", "ocfs2", "gfs2", "vboxsf", "virtiofs",
    };

    private static readonly HashSet<string> Local = new(StringComparer.Ordinal) { "fuse.fuse-overlayfs", "fuse.lxcfs", "fuse.ntfs-3g" };

    /// <summary>The type of the network file system a path lies on; null where it lies on the machine itself.</summary>
    /// <param name="mounts">The text of <c>/proc/mounts</c>, oldest mount first.</param>
    /// <param name="path">A full path without symbolic links.</param>
    public static string? Under(string mounts, string path)
    {
        (string At, string Type) under = ("", "");
        foreach (string line in mounts.Split('\n'))
        {
            // The last one at a place hides those before it.
            if (line.Split(' ') is [_, var place, var type, ..] && Unescape(place) is var at && Contains(at, path) && at.Length >= under.At.Length)
            {
                under = (at, type);
            }
        }

        return Networked.Contains(under.Type) || (under.Type.StartsWith("fuse.", StringComparison.Ordinal) && !Local.Contains(under.Type)) ? under.Type : null;
    }

    private static bool Contains(string folder, string path) =>
        folder == "/" || (path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/'));

    // Blanks, tabs, line ends and backslashes stand there as \040 and so on.
    private static string Unescape(string place) => place
        .Replace(@"\040", " ", StringComparison.Ordinal).Replace(@"\011", "\t", StringComparison.Ordinal)
        .Replace(@"\012", "\n", StringComparison.Ordinal).Replace(@"\134", @"\", StringComparison.Ordinal);
}
