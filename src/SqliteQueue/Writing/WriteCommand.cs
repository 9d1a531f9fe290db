using CustomerIoDestination.Model;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>Something to be written. Shares its transaction with whatever else waits.</summary>
internal interface IWriteCommand
{
    /// <summary>Roughly how many bytes it writes; bounds a transaction and the waiting memory.</summary>
    int Weight { get; }

    /// <summary>Whether it must run between two transactions, alone.</summary>
    bool RunsAlone { get; }

    /// <summary>Whether, when the disk fails, it is kept and tried again until it works or the process stops.</summary>
    bool OutlastsStorageFailure { get; }

    /// <summary>Whether it promises or keeps something new, which is refused while the disk has no more than its reserve and when the file is lost.</summary>
    bool IsRefusable { get; }

    /// <summary>
    /// Whether somebody is told that it lasts, which nothing does that is written to a file that is lost: it is refused then. What is refusable is so anyway; the
    /// rest has the room of the reserve.
    /// </summary>
    bool MustLast => IsRefusable;

    /// <summary>What it is made of: when it can't be written as a whole, each of these is tried by itself.</summary>
    IReadOnlyList<IWriteCommand> Parts => [this];

    /// <summary>Does it. May be called again after a rollback, so it must leave nothing behind but rows and counters.</summary>
    void Apply(WriteSession session);

    /// <summary>The writer took it: nothing joins it any more. Must not throw.</summary>
    void Taken()
    {
    }

    /// <summary>It is on disk. Must not throw.</summary>
    void Committed();

    /// <summary>It is not on disk and won't be. Must not throw.</summary>
    void Failed(Exception exception);
}

/// <summary>A write somebody waits for.</summary>
internal abstract class WriteCommand<TResult> : IWriteCommand
{
    /// <summary>What a command without a body weighs.</summary>
    public const int RowBytes = 256;

    // Waiters must not continue on the writer's thread.
    private readonly TaskCompletionSource<TResult> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult? _result;

    /// <inheritdoc/>
    public virtual int Weight => RowBytes;

    /// <inheritdoc/>
    public virtual bool RunsAlone => false;

    /// <inheritdoc/>
    public virtual bool OutlastsStorageFailure => false;

    /// <inheritdoc/>
    public virtual bool IsRefusable => false;

    /// <inheritdoc/>
    public virtual bool MustLast => IsRefusable;

    /// <summary>Ends when it is on disk, or can't be.</summary>
    public Task<TResult> Completion => _completion.Task;

    public void Apply(WriteSession session) => _result = Write(session);

    public void Committed()
    {
        OnCommitted(_result!);
        _completion.SetResult(_result!);
    }

    public void Failed(Exception exception)
    {
        if (TryAnswer(exception, out TResult? answer))
        {
            _completion.SetResult(answer);
        }
        else
        {
            _completion.SetException(exception);
        }
    }

    protected abstract TResult Write(WriteSession session);

    /// <summary>Called on the writer's thread before the waiter goes on.</summary>
    protected virtual void OnCommitted(TResult result)
    {
    }

    /// <summary>Says a failure as a value where the port has one for it.</summary>
    protected virtual bool TryAnswer(Exception exception, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out TResult answer)
    {
        answer = default;
        return false;
    }
}

/// <summary>A write that needs no type of its own.</summary>
internal sealed class WriteWork<TResult>(Func<WriteSession, TResult> work, bool runsAlone = false, bool isRefusable = false, bool mustLast = false) : WriteCommand<TResult>
{
    public override bool RunsAlone => runsAlone;

    public override bool IsRefusable => isRefusable;

    public override bool MustLast => mustLast || isRefusable;

    protected override TResult Write(WriteSession session) => work(session);
}

/// <summary>
/// The commands that wait for the writer. It takes all that is there at once, up to a bound: that is the group commit.
/// A monitor and not a channel, because the one reader is a thread that blocks.
/// </summary>
internal sealed class Inbox
{
    /// <summary>The most bytes of one transaction (about 4,000 events): bounds how long the ones behind it wait.</summary>
    public const int MaxGroupBytes = 4 * 1024 * 1024;

    private readonly object _gate = new();
    private readonly Queue<IWriteCommand> _waiting = new();
    private long _weight;
    private bool _woken;
    private bool _closed;

    /// <summary>Bytes that wait.</summary>
    public long Weight => Volatile.Read(ref _weight);

    /// <returns>False when it is closed.</returns>
    public bool TryAdd(IWriteCommand command)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            _waiting.Enqueue(command);
            _weight += command.Weight;
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Adds a settlement to those of its run that still wait.</summary>
    /// <returns>False when the reader has them, or it is closed.</returns>
    public bool TryJoin(SettleBatch waiting, ReceivedEvent received, DeliveryAttempt attempt)
    {
        lock (_gate)
        {
            if (_closed || waiting.IsTaken)
            {
                return false;
            }

            _weight += waiting.Add(received, attempt);
            return true;
        }
    }

    /// <summary>Lets the reader look after what it kept for later.</summary>
    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Nothing more comes in; what waits is still handed out.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for commands and moves them to <paramref name="group"/>; leaves it empty when woken for nothing.</summary>
    /// <returns>False when it is closed and empty.</returns>
    public bool Take(List<IWriteCommand> group)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0 && !_closed && !_woken)
            {
                Monitor.Wait(_gate);
            }

            // Whoever is woken must see it: commands that wait go first, and the call goes to the next turn.
            _woken &= _waiting.Count > 0;
            int bytes = 0;
            while (_waiting.TryPeek(out IWriteCommand? next) && Fits(next, group, bytes))
            {
                group.Add(_waiting.Dequeue());
                bytes += next.Weight;
                next.Taken();
            }

            _weight -= bytes;
            return group.Count > 0 || !_closed;
        }
    }

    private static bool Fits(IWriteCommand next, List<IWriteCommand> group, int bytes) => group switch
    {
        [] => true,
        [{ RunsAlone: true }] => false,
        _ => !next.RunsAlone && bytes + next.Weight <= MaxGroupBytes,
    };
}
