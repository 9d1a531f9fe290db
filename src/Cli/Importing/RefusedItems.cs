using System.Text;
using System.Text.Json;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>The file of what was refused: <c>{"line", "code", "message", "text"}</c> a line. It holds events, so only its owner may read it. Made with the first one.</summary>
internal sealed class RefusedItems : IDisposable
{
    private FileStream? _file;

    /// <summary>A file.</summary>
    /// <param name="path">Where; null for none.</param>
    /// <param name="length">How much of it counts: what an interrupted import wrote after it is written again.</param>
    public RefusedItems(string? path, long length)
    {
        Path = path;
        if (path is null || !File.Exists(path))
        {
            return;
        }

        if (length == 0)
        {
            File.Delete(path);
            return;
        }

        _file = Open(path);
        _file.SetLength(Math.Min(length, _file.Length));
        _file.Seek(0, SeekOrigin.End);
    }

    /// <summary>Where it is; null for nowhere.</summary>
    public string? Path { get; }

    /// <summary>How long it is.</summary>
    public long Length => _file?.Length ?? 0;

    /// <summary>Adds an item.</summary>
    public void Add(RefusedItem item)
    {
        if (Path is null)
        {
            return;
        }

        _file ??= Open(Path);
        JsonSerializer.Serialize(
            _file,
            new { item.Line, item.Problem.Code, item.Problem.Message, Text = Encoding.UTF8.GetString(item.Text.Span) },
            CliJson.Compact);
        _file.WriteByte((byte)'\n');
    }

    /// <summary>Hands what was added to the file system.</summary>
    public void Flush() => _file?.Flush();

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static FileStream Open(string path)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}

/// <summary>An item that was refused.</summary>
/// <param name="Line">The line it begins on.</param>
/// <param name="Problem">Why.</param>
/// <param name="Text">It, as it stands in the file.</param>
internal sealed record RefusedItem(long Line, ItemProblem Problem, ReadOnlyMemory<byte> Text);
