
namespace CustomerIoDestination.SqliteQueue.Tests.Support;

/// <summary>Tests on one open queue file with everything that stands on it.</summary>
public abstract class OpenQueueFile : IAsyncLifetime, IDisposable
{
    private readonly QueueFolder _folder = new();

    protected OpenQueueFile()
    {
        File = _folder.Open();
        Queue = new SqliteEventQueue(File);
        Receiver = new SqliteEventReceiver(File);
    }

    private protected QueueFolder Folder => _folder;

    private protected QueueFile File { get; }

    private protected SqliteEventQueue Queue { get; }

    private protected SqliteEventReceiver Receiver { get; }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await File.DisposeAsync();

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
