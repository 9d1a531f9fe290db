using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>
/// The one thread that writes. Whatever waits when a transaction ends goes into the next one together, so that many requests share one
/// fsync: the busier, the cheaper. When the disk fails, enqueues are answered as unavailable, and settlements are kept and tried again
/// each second (and after each commit that works) until they are stored or the process stops; then their events come again at the next start.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private readonly Inbox _inbox = new();
    private readonly WriteSession _session;
    private readonly Checkpoints _checkpoints;
    private readonly StorageHealth _health;
    private readonly List<WriteCommand> _kept = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _commits;

    public Writer(WriteSession session, Checkpoints checkpoints, TimeProvider timeProvider, ILogger logger)
    {
        _session = session;
        _checkpoints = checkpoints;
        _health = new StorageHealth(_inbox.Wake, timeProvider, logger);
        new Thread(Run) { IsBackground = true, Name = "Queue writer" }.Start();
    }

    /// <summary>The numbers the writer keeps.</summary>
    public Counters Counters => _session.Counters;

    /// <summary>Whether the last write worked.</summary>
    public bool CanWrite => !_health.IsFailing;

    /// <summary>Bytes that wait to be written.</summary>
    public long Backlog => _inbox.Weight;

    /// <summary>Transactions committed since the start.</summary>
    public long Commits => Interlocked.Read(ref _commits);

    /// <summary>Hands a command over; the task ends when it is on disk.</summary>
    public Task<TResult> WriteAsync<TResult>(WriteCommand<TResult> command)
    {
        if (!_inbox.TryAdd(command))
        {
            command.Failed(new QueueClosedException());
        }

        return command.Completion;
    }

    /// <summary>Writes what waits, then ends.</summary>
    public async ValueTask DisposeAsync()
    {
        _inbox.Close();
        await _ended.Task;
        await _health.DisposeAsync();
        _session.Dispose();
    }

    private void Run()
    {
        List<WriteCommand> group = [];
        while (_inbox.Take(group))
        {
            switch (group)
            {
                case []:
                    Probe();
                    break;
                case [{ RunsAlone: true } alone]:
                    RunAlone(alone);
                    break;
                default:
                    CommitTogether(group);
                    break;
            }

            if (!_health.IsFailing && _kept.Count > 0)
            {
                RetryKept();
            }

            group.Clear();
        }

        RetryKept();
        _kept.ForEach(command => command.Failed(new QueueClosedException()));
        _ended.SetResult();
    }

    private void RunAlone(WriteCommand command)
    {
        try
        {
            command.Apply(_session);
        }
        catch (Exception exception)
        {
            command.Failed(exception);
            return;
        }

        command.Committed();
    }

    private void CommitTogether(List<WriteCommand> group)
    {
        if (TryCommit(group) is not { } exception)
        {
            return;
        }

        if (StorageFailure.Is(exception))
        {
            group.ForEach(command => KeepOrFail(command, exception));
        }
        else if (group is [var alone])
        {
            alone.Failed(exception);
        }
        else
        {
            // One of them can't be written as it is: it must not take the others along.
            group.ForEach(command => CommitTogether([command]));
        }
    }

    private void KeepOrFail(WriteCommand command, Exception exception)
    {
        if (command.OutlastsStorageFailure)
        {
            _kept.Add(command);
        }
        else
        {
            command.Failed(exception);
        }
    }

    /// <summary>Each alone, so that one the disk still refuses (a damaged page) does not hold back the rest.</summary>
    private void RetryKept()
    {
        WriteCommand[] kept = [.. _kept];
        _kept.Clear();
        foreach (WriteCommand command in kept)
        {
            CommitTogether([command]);
        }
    }

    /// <summary>Writes something, since nothing else may come while health says that the queue takes nothing.</summary>
    private void Probe()
    {
        if (_health.IsFailing)
        {
            CommitTogether([new WriteWork<bool>(static session =>
            {
                session.NamedCounters.Write("probe", session.NamedCounters.Read("probe") + 1);
                return true;
            })]);
        }
    }

    /// <returns>What went wrong; null when all are on disk.</returns>
    private Exception? TryCommit(List<WriteCommand> group)
    {
        try
        {
            _session.Begin();
            group.ForEach(command => command.Apply(_session));
            _session.Commit();
        }
        catch (Exception exception)
        {
            return RollBack(exception);
        }

        Interlocked.Increment(ref _commits);
        _health.Worked();
        group.ForEach(static command => command.Committed());
        _checkpoints.Wrote(_session.TakePagesWritten());
        return null;
    }

    private Exception RollBack(Exception exception)
    {
        try
        {
            _session.Rollback();
        }
        catch (Microsoft.Data.Sqlite.SqliteException)
        {
            // The error that led here is the one to tell; the next begin shows whether the connection recovered.
        }

        if (StorageFailure.Is(exception))
        {
            _health.Failed(exception);
        }

        return exception;
    }
}
