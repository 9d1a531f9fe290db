namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>
/// Room on the disk that only settling may use. It is a file beside the queue that takes it up; when a settlement finds no room the file is deleted, and made
/// again when there is room for it. While it is not there, and when enqueues would come near to it, they are refused: so a queue that filled its disk, or
/// whose disk somebody else filled, can always be worked off.
/// </summary>
internal sealed class Reserve
{
    /// <summary>Its size on a volume that is big enough: 64 MB. Half of it holds what a checkpoint may add to the file, the other half the WAL of settlements.</summary>
    public const long MaxBytes = 64 * 1024 * 1024;

    /// <summary>Its share of a small volume.</summary>
    public const int VolumeShare = 4;

    // Room beside the reserve that enqueues leave for what their pages need beyond their bodies.
    private const long MaxMargin = 8 * 1024 * 1024;

    // An enqueue is written to the WAL, then to the database, with its keys.
    private const int WritesOfAByte = 3;

    private readonly string _path;
    private readonly Func<long> _available;
    private readonly long _margin;

    // A volume that takes no such file (a limit on file sizes, for instance) though it has room.
    private bool _isImpossible;

    private Reserve(string path, long bytes, Func<long> available)
    {
        _path = path;
        _available = available;
        Bytes = bytes;
        _margin = Math.Min(MaxMargin, bytes / 2);
    }

    /// <summary>How much it holds.</summary>
    public long Bytes { get; }

    /// <summary>Whether the room is there.</summary>
    public bool IsHeld { get; private set; }

    /// <summary>The reserve of a queue file, which may lie there from an earlier process.</summary>
    public static Reserve Of(string queuePath)
    {
        string path = queuePath + "-reserve";
        DriveInfo drive = new(OperatingSystem.IsWindows() ? Path.GetPathRoot(queuePath)! : Path.GetDirectoryName(queuePath)!);
        long bytes = MaxBytes;
        try
        {
            bytes = Math.Min(MaxBytes, drive.TotalSize / VolumeShare);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A volume that tells nothing of itself is taken for a big one.
        }

        return new Reserve(path, bytes, () => Available(drive)) { IsHeld = File.Exists(path) && new FileInfo(path).Length == bytes };
    }

    /// <summary>Takes the room up, if there is so much and a margin.</summary>
    /// <returns>Whether it is held.</returns>
    public bool TryHold()
    {
        if (IsHeld || _isImpossible)
        {
            return true;
        }

        bool hasRoom = _available() >= Bytes + _margin;
        if (!hasRoom)
        {
            return false;
        }

        try
        {
            FileStreamOptions options = NewFile.Options(FileShare.None, FileMode.Create);
            options.PreallocationSize = Bytes;
            using FileStream file = new(_path, options);
            file.SetLength(Bytes);
            IsHeld = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Delete();
            _isImpossible = _available() >= Bytes + _margin;
        }

        return IsHeld || _isImpossible;
    }

    /// <summary>At a start on a disk that is full already: SQLite itself needs some room to open the file.</summary>
    public void ReleaseIfShort()
    {
        if (_available() < _margin)
        {
            _ = Release();
        }
    }

    /// <summary>Gives the room to whoever needs it to settle.</summary>
    /// <returns>Whether there was any to give.</returns>
    public bool Release()
    {
        bool wasHeld = IsHeld;
        IsHeld = false;
        Delete();
        return wasHeld;
    }

    /// <summary>Whether an enqueue leaves the reserve alone.</summary>
    /// <param name="bytes">What it weighs.</param>
    /// <param name="unwritten">How many bytes the next checkpoint adds to the database.</param>
    public bool LeavesRoom(long bytes, Func<long> unwritten)
    {
        long available = _available();
        long needed = _margin + (WritesOfAByte * bytes);
        return (IsHeld || _isImpossible) && (available >= needed + MaxBytes || available >= needed + unwritten());
    }

    private void Delete()
    {
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it takes up its room still, and the disk stays full until somebody helps.
        }
    }

    private static long Available(DriveInfo drive)
    {
        try
        {
            return drive.AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // SQLite will say if there is none.
            return long.MaxValue;
        }
    }
}
