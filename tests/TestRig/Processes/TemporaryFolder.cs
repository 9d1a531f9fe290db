namespace CustomerIoDestination.TestRig.Processes;

/// <summary>A folder that is gone when the test is.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder() => Path = Directory.CreateTempSubdirectory("destination-").FullName;

    public string Path { get; }

    public string Queue => System.IO.Path.Combine(Path, "queue.db");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
