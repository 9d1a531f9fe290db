using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Upkeep;
using CustomerIoDestination.SqliteQueue.Writing;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Storage;

/// <summary>
/// The open queue file: one per process, shared by the queue, the receiver, the dead letters and the delivery log.
/// Disposing writes what waits and closes it; a kill at any moment loses nothing that was acknowledged.
/// </summary>
public sealed class QueueFile : IAsyncDisposable
{
    private const int Readers = 4;
    private const string CleanEnd = "clean_end";

    private readonly FileLock _lock;
    private readonly ReaderPool _readers;
    private readonly Checkpoints _checkpoints;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _upkeep;
    private int _closed;

    private QueueFile(
        FileLock fileLock,
        WriteSession session,
        ReaderPool readers,
        string path,
        TimeSpan deadLetterRetention,
        SteadyClock clock,
        TimeProvider timeProvider,
        ILogger logger)
    {
        _lock = fileLock;
        _readers = readers;
        TimeProvider = timeProvider;
        Logger = logger;
        Path = path;
        _checkpoints = new Checkpoints(path);
        Writer = new Writer(session, _checkpoints, timeProvider, logger);
        Housekeeping = new Housekeeping(readers, Writer, _checkpoints, deadLetterRetention, clock, timeProvider, logger);
        _upkeep = Task.WhenAll(
            Task.Run(() => _checkpoints.RunAsync(_stopping.Token)),
            Task.Run(() => Housekeeping.RunAsync(_stopping.Token)));
    }

    /// <summary>The file, as a full path.</summary>
    public string Path { get; }

    internal Writer Writer { get; }

    internal PartitionLeases Leases { get; } = new();

    internal RunBudget Runs { get; } = new(RunBudget.MaxBytes);

    internal Housekeeping Housekeeping { get; }

    internal TimeProvider TimeProvider { get; }

    internal ILogger Logger { get; }

    /// <summary>Opens the queue file, or creates it and its folder. Takes the same time however much lies in it.</summary>
    /// <param name="queue">Where it is.</param>
    /// <param name="deadLetters">How long dead letters are kept.</param>
    /// <param name="clock">What ages are counted by.</param>
    /// <param name="timeProvider">The clock behind it, for waits.</param>
    /// <param name="logger">Told of a disk that fails.</param>
    /// <exception cref="QueueFileException">It can't be used; it is as it was.</exception>
    public static QueueFile Open(
        QueueSettings queue, DeadLetterSettings deadLetters, SteadyClock clock, TimeProvider timeProvider, ILogger<QueueFile> logger)
    {
        string path = System.IO.Path.GetFullPath(queue.Path);
        CreateFolder(path);
        FileLock fileLock = FileLock.Take(path);
        WriteSession? session = null;
        ReaderPool? readers = null;
        try
        {
            session = new WriteSession(Database.OpenForWriting(path), clock);
            readers = new ReaderPool(path, Readers);
            bool endedCleanly = session.NamedCounters.Read(CleanEnd) != 0;
            IReadOnlyList<Partition> partitions = readers.Read(static reader => reader.Events.ReadPartitions());
            session.NamedCounters.Write(CleanEnd, 0);

            var file = new QueueFile(fileLock, session, readers, path, deadLetters.Retention, clock, timeProvider, logger);
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
            readers?.Dispose();
            session?.Dispose();
            fileLock.Dispose();
        }
    }

    /// <summary>Reads on one of the reading connections.</summary>
    internal ValueTask<T> ReadAsync<T>(Func<Reader, T> read, CancellationToken cancellationToken) => _readers.ReadAsync(read, cancellationToken);

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
            return true;
        }));
        await Writer.DisposeAsync();
        await marked.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _checkpoints.Dispose();
        _readers.Dispose();
        _lock.Dispose();
        _stopping.Dispose();
    }

    private static void CreateFolder(string path)
    {
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new QueueFileException(QueueFileError.Unwritable, path, e.Message, e);
        }
    }
}
