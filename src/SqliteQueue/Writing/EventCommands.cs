using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>Puts events on the queue, all or none, repeated message ids left out.</summary>
internal sealed class EnqueueCommand : WriteCommand<EnqueueResult>
{
    /// <summary>When a sender is asked to try again.</summary>
    public static readonly TimeSpan BrokenFor = TimeSpan.FromSeconds(5);

    private readonly IReadOnlyList<EventEnvelope> _envelopes;
    private readonly byte[]?[] _keys;
    private readonly PartitionLeases _leases;
    private readonly EnqueueResult _answer;
    private readonly int _tooLarge;

    public EnqueueCommand(IReadOnlyList<EventEnvelope> envelopes, PartitionLeases leases)
    {
        _envelopes = envelopes;
        _leases = leases;
        _keys = new byte[]?[envelopes.Count];
        List<int> tooLarge = [];
        for (int index = 0; index < envelopes.Count; index++)
        {
            EventEnvelope envelope = envelopes[index];
            if (envelope.Body.Length > EventEnvelope.MaxBodyBytes)
            {
                tooLarge.Add(index);
                continue;
            }

            if (envelope.Partition.Number is < 0 or >= Partition.MaxCount)
            {
                throw new ArgumentOutOfRangeException(nameof(envelopes), "A partition's number has two digits.");
            }

            _keys[index] = MessageKey.Of(envelope);
            Weight += envelope.Body.Length + RowBytes;
        }

        _tooLarge = tooLarge.Count;
        _answer = tooLarge.Count == 0 ? EnqueueResult.Enqueued.All : new EnqueueResult.Enqueued(tooLarge);
    }

    public override int Weight { get; }

    public override bool IsRefusable => true;

    protected override EnqueueResult Write(WriteSession session)
    {
        ClockReading now = session.Now;
        session.Counters.Accepted(_keys.Length - _tooLarge);
        for (int index = 0; index < _keys.Length; index++)
        {
            if (_keys[index] is { } key)
            {
                session.AddEvent(_envelopes[index], key, now);
            }
        }

        return _answer;
    }

    protected override void OnCommitted(EnqueueResult result)
    {
        foreach (EventEnvelope envelope in _envelopes)
        {
            _leases.Added(envelope.Partition);
        }
    }

    protected override bool TryAnswer(Exception exception, out EnqueueResult answer)
    {
        answer = new EnqueueResult.Unavailable(StorageFailure.CodeOf(exception), BrokenFor);
        return StorageFailure.Is(exception) || exception is QueueClosedException;
    }
}

/// <summary>
/// Writes down that a run is about to be handed out, for runs a process may have died of (<see cref="Leasing.PartitionLeases"/> says which).
/// An event that was claimed too often without an end goes to the dead letters instead.
/// </summary>
/// <param name="run">The run, oldest first.</param>
internal sealed class ClaimCommand(IReadOnlyList<QueuedEvent> run) : WriteCommand<IReadOnlySet<long>>
{
    /// <summary>Claims without an end before an event is taken out: the same as <c>maxDeliveryCount</c> on Service Bus.</summary>
    public const int MaxClaims = 100;

    private static readonly Settlement.DeadLetter TooManyClaims = new(
        DeadLetterReason.DeliveryCount,
        string.Create(CultureInfo.InvariantCulture, $"Handed out {MaxClaims} times, and each time the process ended before the event was settled."));

    public override int Weight => run.Count * RowBytes;

    protected override IReadOnlySet<long> Write(WriteSession session)
    {
        HashSet<long> deadLettered = [];
        foreach (QueuedEvent queued in run)
        {
            long sequence = queued.Received.SequenceNumber;
            if (queued.Claims < MaxClaims)
            {
                session.Events.Claim(sequence);
                continue;
            }

            deadLettered.Add(sequence);
            session.Settle(queued.Received, EndOf(queued.Received, session.Now.Wall));
        }

        return deadLettered;
    }

    private static DeliveryAttempt EndOf(ReceivedEvent received, DateTimeOffset now) => new()
    {
        At = now,
        EventId = received.Envelope.EventId,
        Kind = received.Envelope.Kind,
        Lane = received.Envelope.Lane,
        ReceivedAt = received.Envelope.ReceivedAt,
        ReplayCount = received.Envelope.ReplayCount,
        Attempts = received.Envelope.BeforeReplay.FailedCalls + received.History.FailedCalls,
        FirstFailedAt = received.Envelope.BeforeReplay.FirstFailedAt ?? received.History.FirstFailedAt,
        Duration = TimeSpan.Zero,
        Settlement = TooManyClaims,
    };
}

/// <summary>Writes down an event's failures while its delivery goes on. A disk that fails is answered by false: the next one says more.</summary>
internal sealed class KeepCommand(long sequence, FailureHistory history) : WriteCommand<bool>
{
    protected override bool Write(WriteSession session) => session.Events.KeepHistory(sequence, history);

    protected override bool TryAnswer(Exception exception, out bool answer)
    {
        answer = false;
        return StorageFailure.Is(exception) || exception is QueueClosedException;
    }
}

/// <summary>
/// Settlements of one run that wait for the writer together: they share a transaction, their lines in the log are inserted together, and they end by one task. Of
/// those that can't be written so each is tried by itself. The <see cref="Inbox"/> says who joins whom.
/// </summary>
/// <param name="lane">The run's lane.</param>
/// <param name="leases">Told of those that are stored.</param>
internal sealed class SettleBatch(Lane lane, PartitionLeases leases) : IWriteCommand
{
    private readonly List<IWriteCommand> _parts = [];
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;
    private int _ended;

    /// <inheritdoc/>
    public int Weight { get; private set; }

    /// <inheritdoc/>
    public bool RunsAlone => false;

    // The attempts happened: forgetting one would deliver its event again.
    /// <inheritdoc/>
    public bool OutlastsStorageFailure => true;

    /// <inheritdoc/>
    public bool IsRefusable => false;

    /// <inheritdoc/>
    public IReadOnlyList<IWriteCommand> Parts => _parts;

    /// <summary>Whether the writer has it.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>How many of them can't be stored any more. Final when <see cref="Completion"/> has ended.</summary>
    public int Failures { get; private set; }

    /// <summary>Ends when all of them are on disk, or can't be.</summary>
    public Task Completion => _completion.Task;

    /// <summary>Adds one, before the writer takes them.</summary>
    /// <returns>What it weighs.</returns>
    public int Add(ReceivedEvent received, DeliveryAttempt attempt)
    {
        var one = new Part(this, received, attempt);
        _parts.Add(one);
        Weight += one.Weight;
        return one.Weight;
    }

    public void Taken() => IsTaken = true;

    public void Apply(WriteSession session)
    {
        foreach (IWriteCommand part in _parts)
        {
            part.Apply(session);
        }
    }

    public void Committed() => End(_parts.Count, null);

    public void Failed(Exception exception) => End(_parts.Count, exception);

    private void End(int count, Exception? failure)
    {
        if (failure is null)
        {
            leases.Settled(lane, count);
        }
        else
        {
            Failures += count;
            _failure ??= failure;
        }

        _ended += count;
        if (_ended < _parts.Count)
        {
            return;
        }

        if (_failure is null)
        {
            _completion.SetResult();
        }
        else
        {
            _completion.SetException(_failure);
        }
    }

    /// <summary>Carries out one settlement and logs the attempt, in one transaction.</summary>
    private sealed class Part(SettleBatch batch, ReceivedEvent received, DeliveryAttempt attempt) : IWriteCommand
    {
        // What is deleted is overwritten first.
        public int Weight => WriteCommand<bool>.RowBytes + received.Envelope.Body.Length;

        public bool RunsAlone => false;

        public bool OutlastsStorageFailure => true;

        public bool IsRefusable => false;

        public void Apply(WriteSession session) => session.Settle(received, attempt);

        public void Committed() => batch.End(1, null);

        public void Failed(Exception exception) => batch.End(1, exception);
    }
}

/// <summary>Lets events go whose time has come. They join the queue as if they were put on it now, as a scheduled message of Service Bus does.</summary>
/// <param name="due">Those that were found to be due; one that is gone meanwhile is passed over.</param>
/// <param name="leases">Told of their partitions.</param>
internal sealed class LetGoCommand(IReadOnlyList<DueEvent> due, PartitionLeases leases) : WriteCommand<int>
{
    // Each row is written anew.
    public override int Weight => due.Count * 4 * RowBytes;

    protected override int Write(WriteSession session)
    {
        ClockReading now = session.Now;
        int gone = 0;
        foreach (DueEvent one in due)
        {
            long sequence = session.Counters.NextSequence;
            if (session.Events.LetGo(one.Sequence, sequence, now.Wall))
            {
                session.Counters.EventAdded(one.Partition.Lane);
                session.Seen.Put(one.Key, now, sequence);
                gone++;
            }
        }

        return gone;
    }

    protected override void OnCommitted(int result)
    {
        foreach (DueEvent one in due)
        {
            leases.Added(one.Partition);
        }
    }
}
