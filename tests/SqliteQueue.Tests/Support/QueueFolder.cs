using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.SqliteQueue.Tests.Support;

/// <summary>A folder of its own for one test's queue file, deleted with it.</summary>
internal sealed class QueueFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("queue-");

    public QueueFolder() => Wall = new JumpingClock(Clock);

    public string Path => System.IO.Path.Combine(_folder.FullName, "queue.db");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    /// <summary>What the queue takes for the time: <see cref="Clock"/>, which may be set besides.</summary>
    public JumpingClock Wall { get; }

    public FakeLogger<QueueFile> Log { get; } = new();

    /// <param name="path">The file; null for this folder's.</param>
    /// <param name="counted">What the process counts beside the queue.</param>
    /// <param name="seenMemory">What duplicate detection may take; null for what it usually may.</param>
    public QueueFile Open(string? path = null, EventCounters? counted = null, int? seenMemory = null) => QueueFile.Open(
        new QueueSettings { Path = path ?? Path, SeenMemory = seenMemory ?? new QueueSettings().SeenMemory }, new DeadLetterSettings(), new SteadyClock(Wall), Wall, Log, counted);

    public void Dispose() => _folder.Delete(recursive: true);
}
