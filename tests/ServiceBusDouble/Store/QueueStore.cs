namespace ServiceBusDouble.Store;

/// <summary>
/// A queue, or a dead-letter sub-queue, without a wire: what is in it, who holds what until when. Time passes only when a
/// method is called: each first applies what fell due before it (locks that ended, messages that expired or were scheduled).
/// Safe for concurrent use.
/// </summary>
/// <remarks>
/// A dead letter gets a new number in the sub-queue and keeps its first one as enqueued sequence number; what the real
/// broker does here is not documented. Dead letters do not expire, have no sessions and no maximum delivery count.
/// </remarks>
internal sealed partial class QueueStore
{
    private readonly Lock _gate;
    private readonly TimeProvider _time;
    private readonly QueueDefinition _definition;
    private readonly QueueStore? _deadLetters;
    private readonly DuplicateHistory? _duplicates;

    private readonly Dictionary<long, StoredMessage> _messages = [];
    private readonly SortedSet<long> _order = [];
    private readonly Dictionary<Guid, long> _locks = [];
    private readonly Dictionary<string, Session> _sessions = [];
    private readonly PriorityQueue<Due, DateTimeOffset> _agenda = new();
    private long _lastSequence;

    public QueueStore(QueueDefinition definition, TimeProvider time)
        : this(definition, time, new Lock())
    {
        _deadLetters = new QueueStore(
            new QueueDefinition(definition.Name) { LockDuration = definition.LockDuration, MaxDeliveryCount = int.MaxValue },
            time,
            _gate);
        _duplicates = definition.DuplicateDetectionWindow is { } window ? new DuplicateHistory(window) : null;
    }

    private QueueStore(QueueDefinition definition, TimeProvider time, Lock gate)
    {
        (_definition, _time, _gate) = (definition, time, gate);
    }

    /// <summary>Raised when there may be something to receive, or a lock may have been lost. Called with the store locked: handlers only signal.</summary>
    public event EventHandler? Changed;

    public QueueStore DeadLetters => _deadLetters ?? throw new InvalidOperationException("A dead-letter sub-queue has none of its own.");

    /// <summary>Takes all messages or none.</summary>
    public SendOutcome Send(IReadOnlyList<NewMessage> messages)
    {
        lock (_gate)
        {
            DateTimeOffset now = CatchUp();
            if (_definition.RequiresSession && messages.Any(message => string.IsNullOrEmpty(message.SessionId)))
            {
                return new SendOutcome.SessionIdMissing();
            }

            long[] sequences = [.. messages.Select(message => Take(message, now))];
            RaiseChanged();
            return new SendOutcome.Taken(sequences);
        }
    }

    /// <summary>The oldest message that can be received, locked; or deleted at once when <paramref name="delete"/>. Null when there is none, or the holder does not hold the session.</summary>
    public StoredMessage? Receive(string holder, string? sessionId = null, bool delete = false)
    {
        lock (_gate)
        {
            DateTimeOffset now = CatchUp();
            Session session = SessionOf(sessionId);
            if (session.Ready.Count == 0 || (_definition.RequiresSession && session.Holder != holder))
            {
                return null;
            }

            return Hand(_messages[session.Ready.Min], session, now, delete);
        }
    }

    /// <summary>Receives deferred messages by number. Null, and nothing locked, when one of them is not there, not deferred or held by someone.</summary>
    public IReadOnlyList<StoredMessage>? ReceiveDeferred(IReadOnlyList<long> sequences, string holder, string? sessionId = null, bool delete = false)
    {
        lock (_gate)
        {
            DateTimeOffset now = CatchUp();
            Session session = SessionOf(sessionId);
            bool allThere = sequences.All(sequence =>
                _messages.TryGetValue(sequence, out StoredMessage? message)
                && message is { State: MessageState.Deferred, Lock: null }
                && SessionOf(message.Content.SessionId) == session);
            if (!allThere || (_definition.RequiresSession && session.Holder != holder))
            {
                return null;
            }

            return [.. sequences.Distinct().Select(sequence => Hand(_messages[sequence], session, now, delete))];
        }
    }

    /// <summary>Messages from a number on, oldest first, in whatever state, without locking them.</summary>
    public IReadOnlyList<StoredMessage> Peek(long fromSequence, int count, string? sessionId = null)
    {
        lock (_gate)
        {
            CatchUp();
            return
            [
                .. _order.GetViewBetween(fromSequence, long.MaxValue)
                    .Select(sequence => _messages[sequence])
                    .Where(message => sessionId is null || message.Content.SessionId == sessionId)
                    .Take(count),
            ];
        }
    }

    /// <summary>Takes scheduled messages back. False, and nothing is taken back, when one of them is not there or not scheduled any more.</summary>
    public bool CancelScheduled(IReadOnlyList<long> sequences)
    {
        lock (_gate)
        {
            CatchUp();
            bool allThere = sequences.All(sequence => _messages.TryGetValue(sequence, out StoredMessage? message) && message.State == MessageState.Scheduled);
            if (allThere)
            {
                foreach (long sequence in sequences)
                {
                    Remove(sequence);
                }
            }

            return allThere;
        }
    }

    /// <summary>How many messages are in this state, locked ones included.</summary>
    public int Count(MessageState state)
    {
        lock (_gate)
        {
            CatchUp();
            return _messages.Values.Count(message => message.State == state);
        }
    }

    private long Take(NewMessage content, DateTimeOffset now)
    {
        long sequence = ++_lastSequence;
        if (_duplicates is not null && content.MessageId is { } id && !_duplicates.TryAdd(id, now))
        {
            return sequence;
        }

        if (content.ScheduledFor is { } due && due > now)
        {
            Put(new StoredMessage(sequence, content) { EnqueuedSequence = sequence, EnqueuedAt = now, State = MessageState.Scheduled });
            _agenda.Enqueue(new Due(sequence, null), due);
            return sequence;
        }

        Enqueue(sequence, content, now);
        return sequence;
    }

    private void Enqueue(long sequence, NewMessage content, DateTimeOffset now)
    {
        TimeSpan life = Shorter(content.TimeToLive, _definition.DefaultTimeToLive) ?? Timeout.InfiniteTimeSpan;
        DateTimeOffset expiresAt = life < TimeSpan.Zero || life >= DateTimeOffset.MaxValue - now ? DateTimeOffset.MaxValue : now + life;
        MakeReady(new StoredMessage(sequence, content) { EnqueuedSequence = sequence, EnqueuedAt = now, ExpiresAt = expiresAt });
        if (expiresAt < DateTimeOffset.MaxValue)
        {
            _agenda.Enqueue(new Due(sequence, null), expiresAt);
        }
    }

    private StoredMessage Hand(StoredMessage message, Session session, DateTimeOffset now, bool delete)
    {
        session.Ready.Remove(message.Sequence);
        if (delete)
        {
            Remove(message.Sequence);
            return message;
        }

        DateTimeOffset until = _definition.RequiresSession ? session.LockedUntil : now + _definition.LockDuration;
        StoredMessage locked = message with { Lock = new MessageLock(Guid.NewGuid(), until) };
        Put(locked);
        _locks[locked.Lock.Token] = message.Sequence;
        session.Locked.Add(message.Sequence);
        if (!_definition.RequiresSession)
        {
            _agenda.Enqueue(new Due(message.Sequence, null), until);
        }

        return locked;
    }

    private void MakeReady(StoredMessage message)
    {
        Put(message);
        SessionOf(message.Content.SessionId).Ready.Add(message.Sequence);
    }

    private void Put(StoredMessage message)
    {
        _messages[message.Sequence] = message;
        _order.Add(message.Sequence);
    }

    private void Remove(long sequence)
    {
        _messages.Remove(sequence);
        _order.Remove(sequence);
    }

    private void RaiseChanged() => Changed?.Invoke(this, EventArgs.Empty);

    private static TimeSpan? Shorter(TimeSpan? one, TimeSpan? other) => one is { } a && other is { } b ? (a < b ? a : b) : one ?? other;

    /// <summary>Something to look at again at a time: a message, or a session's lock.</summary>
    private readonly record struct Due(long Sequence, string? SessionId);
}
