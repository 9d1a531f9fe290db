using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.SqliteQueue.Tests.Support;

/// <summary>A folder of its own for one test's queue file, deleted with it.</summary>
internal sealed class QueueFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("queue-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "queue.db");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public QueueFile Open() => QueueFile.Open(new QueueSettings { Path = Path }, new DeadLetterSettings(), Clock, NullLogger<QueueFile>.Instance);

    public void Dispose() => _folder.Delete(recursive: true);
}
