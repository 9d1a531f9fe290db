using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.SqliteQueue.Upkeep;
using CustomerIoDestination.SqliteQueue.Writing;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue;

/// <summary>
/// The open queue file: one per process, shared by the queue, the receiver, the dead letters and the delivery log.
/// Disposing writes what waits and closes it; a kill at any moment loses nothing that was acknowledged.
/// </summary>
public sealed class QueueFile : IAsyncDisposable
{
    private const int Readers = 4;
    private const string CleanEnd = "clean_end";

    private readonly FileLock _lock;
    private readonly FileWatch _watch;
    private readonly ReaderPool _readers;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _upkeep;
    private int _closed;

    private QueueFile(
        FileLock fileLock,
        FileWatch watch,
        Reserve reserve,
        WriteSession session,
        ReaderPool readers,
        string path,
        TimeSpan deadLetterRetention,
        SteadyClock clock,
        TimeProvider timeProvider,
        ILogger logger)
    {
        _lock = fileLock;
        _watch = watch;
        _readers = readers;
        TimeProvider = timeProvider;
        Moments = new MomentsApart(timeProvider);
        Logger = logger;
        Path = path;
        Checkpoints = new Checkpoints(path, watch, reserve.Bytes);
        Writer = new Writer(session, Checkpoints, watch, reserve, timeProvider, logger);
        Clock = clock;
        Retention = new Retention(readers, Writer, deadLetterRetention, clock, timeProvider, logger);
        Guard = new FileGuard(fileLock, watch, Checkpoints, readers, path, logger);

        // Another system than Linux, or a jail without /proc, shows no table of mounts: nothing is told then.
        Guard.TellOfNetwork(File.Exists(NetworkFileSystem.MountTable) ? File.ReadAllText(NetworkFileSystem.MountTable) : "");
        Housekeeping = new Housekeeping(readers, Writer, Checkpoints, reserve, Guard, Retention, Leases, timeProvider, logger);
        _upkeep = Task.WhenAll(
            Task.Run(() => Checkpoints.RunAsync(_stopping.Token)),
            Task.Run(() => Housekeeping.RunAsync(_stopping.Token)));
    }

    /// <summary>The file itself, as a full path without symbolic links.</summary>
    public string Path { get; }

    /// <summary>What was counted of the events that went through the file.</summary>
    public EventCounts Counts => Writer.Counters.Counts;

    internal Writer Writer { get; }

    internal Checkpoints Checkpoints { get; }

    internal PartitionLeases Leases { get; } = new();

    internal RunBudget Runs { get; } = new(RunBudget.MaxBytes);

    internal Housekeeping Housekeeping { get; }

    internal FileGuard Guard { get; }

    internal Retention Retention { get; }

    internal SteadyClock Clock { get; }

    internal TimeProvider TimeProvider { get; }

    internal MomentsApart Moments { get; }

    internal ILogger Logger { get; }

    /// <summary>Opens the queue file, or creates it and its folder. Takes the same time however much lies in it.</summary>
    /// <param name="queue">Where it is.</param>
    /// <param name="deadLetters">How long dead letters are kept.</param>
    /// <param name="clock">What ages are judged by. It is told what the file knows of the last process's clock.</param>
    /// <param name="timeProvider">The clock behind it, for waits.</param>
    /// <param name="logger">Told of a disk that fails.</param>
    /// <param name="counted">What this process counts beside the queue, kept with it; null where nobody counts.</param>
    /// <exception cref="QueueFileException">It can't be used; it is as it was.</exception>
    public static QueueFile Open(
        QueueSettings queue,
        DeadLetterSettings deadLetters,
        SteadyClock clock,
        TimeProvider timeProvider,
        ILogger<QueueFile> logger,
        EventCounters? counted = null)
    {
        string path = CreateFolder(System.IO.Path.GetFullPath(queue.Path));
        FileLock fileLock = FileLock.Take(path);
        FileWatch? watch = null;
        WriteSession? session = null;
        ReaderPool? readers = null;
        try
        {
            Reserve reserve = Reserve.Of(path);
            reserve.ReleaseIfShort();
            session = new WriteSession(Database.OpenForWriting(path, fileLock.Database, SeenIds.PagesFor(queue.SeenMemory)), clock, counted, queue.SeenMemory);
            readers = new ReaderPool(path, Readers);
            if (session.NamedCounters.ReadClock() is { } memory)
            {
                clock.GoOnFrom(memory);
            }

            bool endedCleanly = session.NamedCounters.Read(CleanEnd) != 0;
            IReadOnlyList<Partition> partitions = readers.Read(static tables => tables.Events.ReadPartitions());
            session.Begin();
            session.NamedCounters.Write(CleanEnd, 0);
            session.Counters.Begin(session.Now.Wall);
            session.RememberClock();
            session.Commit();

            watch = new FileWatch(path, fileLock.Database);
            var file = new QueueFile(fileLock, watch, reserve, session, readers, path, deadLetters.Retention, clock, timeProvider, logger);
            foreach (Partition partition in partitions)
            {
                file.Leases.Found(partition, suspect: !endedCleanly);
            }

            return file;
        }
        catch (SqliteException e)
        {
            Close();
            throw Database.Translate(path, e);
        }
        catch
        {
            Close();
            throw;
        }

        void Close()
        {
            watch?.Dispose();
            readers?.Dispose();
            session?.Dispose();
            fileLock.Dispose();
        }
    }

    /// <summary>Reads on one of the reading connections.</summary>
    internal ValueTask<T> ReadAsync<T>(Func<TableSet, T> read, CancellationToken cancellationToken) => _readers.ReadAsync(read, cancellationToken);

    /// <summary>Does what somebody asked for who is told when the file can't be read or written now.</summary>
    /// <exception cref="UnavailableException">It can't.</exception>
    internal async Task<T> ToldAsync<T>(Backend backend, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (StorageFailure.Is(exception) || exception is QueueClosedException)
        {
            throw new UnavailableException(backend, StorageFailure.CodeOf(Guard.IsLost ? new QueueFileLostException() : exception), exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _upkeep.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task marked = Writer.WriteAsync(new WriteWork<bool>(static session =>
        {
            session.NamedCounters.Write(CleanEnd, 1);
            return session.RememberClock();
        }));
        await Writer.DisposeAsync();
        await marked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Housekeeping.Dispose();
        Checkpoints.Dispose();
        _readers.Dispose();
        _watch.Dispose();
        _lock.Dispose();
        _stopping.Dispose();
    }

    /// <returns>The path of the file itself.</returns>
    private static string CreateFolder(string path)
    {
        try
        {
            string real = RealPath.Of(path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(real)!);
            return real;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw QueueFileException.Unwritable(path, e);
        }
    }
}
