using CustomerIoDestination.Ports;
using CustomerIoDestination.QueueContract;

namespace CustomerIoDestination.SqliteQueue.Tests.Support;

/// <summary>The embedded queue in a folder of its own.</summary>
internal sealed class SqliteQueueUnderTest : IReopenableQueue, IQueueInFakeTime
{
    private readonly QueueFolder _folder = new();

    public SqliteQueueUnderTest() => File = _folder.Open();

    public QueueFile File { get; private set; }

    public IEventQueue Queue => new SqliteEventQueue(File);

    public IEventReceiver Receiver => new SqliteEventReceiver(File);

    public IDeadLetterStore DeadLetters => new SqliteDeadLetterStore(File);

    public IDeliveryLog Log => new SqliteDeliveryLog(File);

    public TimeProvider Clock => _folder.Clock;

    public int MaxRun => int.MaxValue;

    public async Task ReopenAsync()
    {
        await File.DisposeAsync();
        File = _folder.Open();
    }

    public async Task AdvanceAsync(TimeSpan by)
    {
        _folder.Clock.Advance(by);
        await File.Housekeeping.TakeTurnAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await File.DisposeAsync();
        _folder.Dispose();
    }
}
