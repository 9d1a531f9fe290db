using System.Globalization;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>Where an import keeps what it writes: beside the file, and where nothing can be written there, beside the state. No other import has the same state meanwhile.</summary>
internal sealed class ImportPlaces : IDisposable
{
    private readonly FileStream? _lock;

    private ImportPlaces(string? state, string? refused, string tables, FileStream? @lock)
    {
        State = state;
        Refused = refused;
        Tables = tables;
        _lock = @lock;
    }

    /// <summary>How far it is; null for nowhere.</summary>
    public string? State { get; }

    /// <summary>What was refused; null for nowhere.</summary>
    public string? Refused { get; }

    /// <summary>The folder of the table of equal items.</summary>
    public string Tables { get; }

    /// <summary>Finds them, before anything is sent.</summary>
    /// <param name="file">The file that is imported; null for one that is read once, which has nothing beside it.</param>
    /// <param name="state">Where the state is to be; null for beside the file.</param>
    /// <param name="refusedSuffix">What the name of the file of refused items ends in.</param>
    /// <param name="keepsState">Whether there is a state at all.</param>
    /// <param name="problem">Why there are none; null when there are.</param>
    public static ImportPlaces? Find(string? file, string? state, string refusedSuffix, bool keepsState, out string? problem)
    {
        string? beside = file is not null && CanBeWritten(FolderOf(file)) ? file
            : file is not null && state is not null && CanBeWritten(FolderOf(state)) ? Path.Combine(FolderOf(state), Path.GetFileName(file))
            : null;
        string? refused = beside is null ? null : beside + refusedSuffix;
        string tables = beside is null ? Path.GetTempPath() : FolderOf(beside);
        state = keepsState ? state ?? (file is null ? null : file + ".import.json") : null;
        problem = state is not null && Directory.Exists(state) ? $"{state} is a folder; --state names a file"
            : refused is not null && Directory.Exists(refused) ? $"{refused} is a folder, and what is refused goes into a file of that name"
            : null;
        FileStream? held = problem is null && state is not null ? Lock(state, out problem) : null;
        return problem is null ? new ImportPlaces(state, refused, tables, held) : null;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock?.Dispose();

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;

    private static bool CanBeWritten(string folder)
    {
        try
        {
            using FileStream probe = Create(Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $".import-{Environment.ProcessId}-probe.tmp")));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // Held as long as the import runs, and by a killed one no longer.
    private static FileStream? Lock(string state, out string? problem)
    {
        try
        {
            problem = null;
            return Create(state + ".lock");
        }
        catch (Exception e) when (e is DirectoryNotFoundException or UnauthorizedAccessException)
        {
            problem = $"{state}, which tells how far the import is, can't be written; say with --state where else";
        }
        catch (IOException)
        {
            problem = File.Exists(state + ".lock") ? $"another import has {state}; wait until it is done" : $"{state}, which tells how far the import is, can't be written; say with --state where else";
        }

        return null;
    }

    private static FileStream Create(string path) =>
        new(path, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.DeleteOnClose });
}
