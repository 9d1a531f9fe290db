namespace CustomerIoDestination.Chaos.Run;

/// <summary>The embedded queue: a file.</summary>
internal sealed class SqliteQueueRun(string path) : IChaosQueueRun
{
    // Enough to start with, and soon used up.
    private const long Left = 1024 * 1024;

    public IReadOnlyList<string> Settings => [$"--Queue:Path={path}"];

    public long? FileSizeLimit() => (File.Exists(path) ? new FileInfo(path).Length : 0) + Left;

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
