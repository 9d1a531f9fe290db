using Amqp.Listener;
using ServiceBusDouble.Faults;
using ServiceBusDouble.Inspection;
using ServiceBusDouble.Store;
using ServiceBusDouble.Wire;

namespace ServiceBusDouble;

/// <summary>One queue of the broker, seen from inside: for tests to look at and to break.</summary>
public sealed class QueueDouble : IAsyncDisposable
{
    private readonly QueueStore _store;
    private readonly QueueNode _node;
    private readonly QueueNode _deadLetterNode;
    private readonly FaultPlan _faults = new();
    private readonly LookCounter _looks = new();
    private readonly LoopbackTransports _transports;

    internal QueueDouble(QueueDefinition definition, TimeProvider time, LoopbackTransports transports)
    {
        Definition = definition;
        _transports = transports;
        _store = new QueueStore(definition, time);
        _node = new QueueNode(definition, _store, isDeadLetters: false, time, _faults);
        _deadLetterNode = new QueueNode(definition, _store.DeadLetters, isDeadLetters: true, time, _faults);
    }

    public QueueDefinition Definition { get; }

    /// <summary>Messages that can be received or are being received; deferred and scheduled ones are not among them.</summary>
    public int ActiveCount => _store.Count(MessageState.Active);

    public int DeferredCount => _store.Count(MessageState.Deferred);

    public int ScheduledCount => _store.Count(MessageState.Scheduled);

    public int DeadLetterCount => _store.DeadLetters.Count(MessageState.Active);

    /// <summary>All messages but dead letters, oldest first.</summary>
    public IReadOnlyList<BrokerMessage> Messages => Show(_store);

    /// <summary>The dead letters, in the order they became so.</summary>
    public IReadOnlyList<BrokerMessage> DeadLetters => Show(_store.DeadLetters);

    /// <summary>Ids of the sessions some client holds now.</summary>
    public IReadOnlyCollection<string> HeldSessions => [.. _store.HeldSessions.Keys];

    /// <summary>How many messages, and times that there was none, clients were shown by looks at the queue and its dead letters: what the broker counts as work.</summary>
    public int Looks => _looks.Count;

    /// <summary>The state a session was left with; null when none was set.</summary>
    public ReadOnlyMemory<byte>? SessionState(string sessionId) => _store.GetSessionState(sessionId);

    /// <summary>Lets the next sends over links fail this way; each call adds to those before it. Scheduling, which goes another way, is not touched.</summary>
    /// <param name="times">How many transfers; a batch is one.</param>
    public void FailSends(SendFault fault, int times = 1) => _faults.Add(fault, times);

    /// <summary>Lets the next operations of a kind fail this way, on the queue or its dead letters, whoever comes first; each call adds to those before it.</summary>
    public void Fail(BrokerOperation operation, OperationFault fault, int times = 1) => _faults.Add(operation, fault, times);

    /// <summary>Takes back the faults that did not happen yet.</summary>
    public void ClearFaults() => _faults.Clear();

    /// <summary>Detaches all receivers by force, as a broker does when it moves a queue to another node. Sessions are freed.</summary>
    public void DetachReceivers()
    {
        _node.DetachAll(WireErrors.DetachForced());
        _deadLetterNode.DetachAll(WireErrors.DetachForced());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _deadLetterNode.DisposeAsync();
    }

    internal void Attach(AttachContext attach, EntityAddress address)
    {
        if (attach.Attach.Role)
        {
            (address.IsDeadLetters ? _deadLetterNode : _node).Attach(attach);
        }
        else if (address.IsDeadLetters)
        {
            attach.Complete(WireErrors.NotAllowed("Messages cannot be sent to a dead-letter sub-queue."));
        }
        else
        {
            attach.Attach.MaxMessageSize = (ulong)Definition.MaxMessageSize;
            attach.Complete(new SenderLink(Definition, _store, _faults, _transports), SenderLink.Credit);
        }
    }

    /// <summary>The management nodes of the queue and of its dead-letter sub-queue, by path.</summary>
    internal IEnumerable<(string Path, ManagementNode Node)> ManagementNodes() =>
    [
        (new EntityAddress(Definition.Name, IsDeadLetters: false).ManagementPath, new ManagementNode(_store, Definition.RequiresSession, _looks, _faults)),
        (new EntityAddress(Definition.Name, IsDeadLetters: true).ManagementPath, new ManagementNode(_store.DeadLetters, hasSessions: false, _looks, _faults)),
    ];

    private static IReadOnlyList<BrokerMessage> Show(QueueStore store) => [.. store.Peek(0, int.MaxValue).Select(MessageCodec.Show)];
}
