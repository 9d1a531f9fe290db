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

/// <summary>Moves a few dead letters back to the queue, in one transaction, so that none is lost or doubled.</summary>
internal sealed class ReplayCommand(IReadOnlyList<long> ids, bool asOfNow, DeadLetterRun run, PartitionLeases leases) : WriteCommand<DeadLetterBatch>
{
    public override bool IsRefusable => true;

    protected override DeadLetterBatch Write(WriteSession session)
    {
        ClockReading now = session.Now;
        DeadLetterBatch batch = session.RemoveDeadLetters(ids, EventStep.Replayed, deadLetter =>
        {
            int replayCount = deadLetter.ReplayCount + 1;
            long sequence = session.Counters.NextSequence;
            session.Events.Requeue(sequence, now.Wall, replayCount, asOfNow, deadLetter.Id, run.Id);
            session.Seen.Put(MessageKey.Of(deadLetter.EventId, deadLetter.Kind, replayCount, deadLetter.IsRepeat), now, sequence);
            session.Counters.EventAdded(deadLetter.Partition.Lane);
        });
        session.Replays.AddReplayed(run, batch.Found.Count);
        return batch;
    }

    protected override void OnCommitted(DeadLetterBatch result)
    {
        foreach (DeadLetterKey deadLetter in result.Found)
        {
            leases.Added(deadLetter.Partition);
        }
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

/// <summary>What became of a few dead letters.</summary>
/// <param name="Found">Those that were there, and are not any more.</param>
/// <param name="NotFound">Ids that are not there.</param>
internal sealed record DeadLetterBatch(IReadOnlyList<DeadLetterKey> Found, IReadOnlyList<long> NotFound)
{
    public int Identifies => Found.Count(deadLetter => deadLetter.Kind is EventKind.Identify);
}
