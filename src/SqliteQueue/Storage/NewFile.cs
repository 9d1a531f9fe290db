namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>How files are created: for the owner alone, because events are healthcare data. SQLite gives its WAL the mode of the database.</summary>
internal static class NewFile
{
    public const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Opens for reading and writing, creates what is missing, changes nothing that is there.</summary>
    public static FileStreamOptions Options(FileShare share)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        return options;
    }
}
