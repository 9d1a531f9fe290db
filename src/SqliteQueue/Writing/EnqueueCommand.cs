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
