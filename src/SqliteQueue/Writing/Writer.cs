using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Storage;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>
/// The one thread that writes. Whatever waits when a transaction ends goes into the next one together, so that many requests share one
/// fsync: the busier, the cheaper. When the disk fails, enqueues are answered as unavailable, and settlements are kept and tried again, before
/// anything else, until they are stored or the process stops; then their events come again at the next start. Each second the WAL's space is
/// given back, if it can be. On a disk that is full settlements use the <see cref="Reserve"/>; enqueues are refused before they come near to it.
/// </summary>
internal sealed class Writer : IAsyncDisposable
{
    private const int KeptPerCommit = 100;

    private readonly Inbox _inbox = new();
    private readonly WriteSession _session;
    private readonly Checkpoints _checkpoints;
    private readonly Admission _admission;
    private readonly Transactions _transactions;
    private readonly StorageHealth _health;
    private readonly List<IWriteCommand> _kept = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _refused;

    public Writer(WriteSession session, Checkpoints checkpoints, FileWatch watch, Reserve reserve, TimeProvider timeProvider, ILogger logger)
    {
        _session = session;
        _checkpoints = checkpoints;
        _health = new StorageHealth(_inbox.Wake, timeProvider, logger);
        _admission = new Admission(session, checkpoints, watch, reserve, _health);
        _transactions = new Transactions(session, checkpoints, _health, _admission);
        if (!_admission.TryHoldReserve())
        {
            _health.Failed(new NoRoomException());
        }

        new Thread(Run) { IsBackground = true, Name = "Queue writer" }.Start();
    }

    /// <summary>The numbers the writer keeps.</summary>
    public Counters Counters => _session.Counters;

    /// <summary>Whether the last write worked.</summary>
    public bool CanWrite => !_health.IsFailing;

    /// <summary>Bytes that wait to be written.</summary>
    public long Backlog => _inbox.Weight;

    /// <summary>Transactions committed since the start.</summary>
    public long Commits => _transactions.Commits;

    /// <summary>Hands a command over; the task ends when it is on disk.</summary>
    public Task<TResult> WriteAsync<TResult>(WriteCommand<TResult> command)
    {
        if (!_inbox.TryAdd(command))
        {
            command.Failed(new QueueClosedException());
        }

        return command.Completion;
    }

    /// <summary>Hands a run's first settlements over.</summary>
    public void Settle(SettleBatch batch)
    {
        if (!_inbox.TryAdd(batch))
        {
            batch.Failed(new QueueClosedException());
        }
    }

    /// <summary>Adds a settlement to those of its run that still wait.</summary>
    /// <returns>False when they do not wait any more.</returns>
    public bool TryJoin(SettleBatch waiting, ReceivedEvent received, DeliveryAttempt attempt) => _inbox.TryJoin(waiting, received, attempt);

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
        List<IWriteCommand> group = [];
        while (_inbox.Take(group))
        {
            if (_health.TakeRetry())
            {
                Retry();
            }

            switch (group)
            {
                case []:
                    break;
                case [{ RunsAlone: true } alone]:
                    RunAlone(alone);
                    break;
                default:
                    CommitInTurn(group);
                    break;
            }

            if (!_health.IsFailing)
            {
                RetryKept();
            }

            group.Clear();
        }

        RetryKept();
        _kept.ForEach(command => command.Failed(new QueueClosedException()));
        _ended.SetResult();
    }

    private void RunAlone(IWriteCommand command)
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

    private void CommitInTurn(List<IWriteCommand> group)
    {
        if (!_health.IsFailing)
        {
            _refused |= _admission.Refuse(group);
            CommitTogether(group);
            if (_health.IsFailing)
            {
                // The WAL itself may be what fills the disk.
                _checkpoints.Truncate();
                RetryKept();
                _refused = false;
            }

            return;
        }

        // What can't be refused goes first and by itself: there may be room for it where there is none for great enqueues.
        _kept.AddRange(group.Where(static command => command.OutlastsStorageFailure).SelectMany(static command => command.Parts));
        RetryKept();
        HoldReserve();
        List<IWriteCommand> others = [.. group.Where(static command => !command.OutlastsStorageFailure)];
        _refused |= _admission.Refuse(others);
        CommitTogether(others);
        if (others.Count > 0)
        {
            RetryKept();
            HoldReserve();
        }
    }

    private void HoldReserve()
    {
        if (_kept.Count == 0)
        {
            _ = _admission.TryHoldReserve();
        }
    }

    private void CommitTogether(List<IWriteCommand> group)
    {
        if (group.Count == 0 || _transactions.TryCommit(group) is not { } exception)
        {
            return;
        }

        if (StorageFailure.Is(exception))
        {
            foreach (IWriteCommand part in group.SelectMany(static command => command.Parts))
            {
                KeepOrFail(part, exception);
            }
        }
        else if (group is [{ Parts: [_] } alone])
        {
            alone.Parts[0].Failed(exception);
        }
        else
        {
            // One of them can't be written as it is: it must not take the others along.
            foreach (IWriteCommand part in group.SelectMany(static command => command.Parts))
            {
                CommitTogether([part]);
            }
        }
    }

    private void KeepOrFail(IWriteCommand command, Exception exception)
    {
        if (command.OutlastsStorageFailure)
        {
            _kept.Add(command);
        }
        else
        {
            _refused = true;
            command.Failed(exception);
        }
    }

    /// <summary>The second's try while the disk fails.</summary>
    private void Retry()
    {
        _checkpoints.Truncate();
        RetryKept();
        HoldReserve();

        // While enqueues come they tell more than a probe, which may fit where they do not.
        if (_refused)
        {
            _refused = false;
            _health.RetryLater();
            return;
        }

        List<IWriteCommand> probe = [new WriteWork<bool>(
            static session =>
            {
                session.NamedCounters.Write("probe", session.NamedCounters.Read("probe") + 1);
                return true;
            },
            isRefusable: true)];
        _ = _admission.Refuse(probe);
        CommitTogether(probe);
        _refused = false;
    }

    /// <summary>
    /// Some together, for there may be thousands; if that fails each of them alone, so that one the disk still refuses (a damaged page) does not hold
    /// back the rest. When it takes none of them it is not asked about the rest now, and the rest goes first the next time.
    /// </summary>
    private void RetryKept()
    {
        Queue<IWriteCommand[]> kept = new(_kept.Chunk(KeptPerCommit));
        _kept.Clear();
        while (kept.TryDequeue(out IWriteCommand[]? some))
        {
            int refused = _kept.Count;
            if (_transactions.TryCommit(some) is not null)
            {
                foreach (IWriteCommand command in some)
                {
                    CommitTogether([command]);
                }
            }

            if (_kept.Count - refused == some.Length)
            {
                _kept.InsertRange(0, kept.SelectMany(static chunk => chunk));
                return;
            }
        }
    }
}
