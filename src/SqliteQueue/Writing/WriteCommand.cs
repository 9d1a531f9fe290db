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
internal sealed class WriteWork<TResult>(Func<WriteSession, TResult> work, bool runsAlone = false, bool isRefusable = false) : WriteCommand<TResult>
{
    public override bool RunsAlone => runsAlone;

    public override bool IsRefusable => isRefusable;

    protected override TResult Write(WriteSession session) => work(session);
}
