using System.Collections.Immutable;

namespace ServiceBusDouble.Store;

/// <summary>A message in a queue at one moment. A value: every change is a new one under the same sequence number.</summary>
internal sealed record StoredMessage(long Sequence, NewMessage Content)
{
    /// <summary>The number given when the message first entered the broker; kept when it moves to the dead-letter sub-queue.</summary>
    public required long EnqueuedSequence { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; } = DateTimeOffset.MaxValue;

    public MessageState State { get; init; }

    public MessageLock? Lock { get; init; }

    /// <summary>Deliveries that failed so far: abandoned, or the lock ran out.</summary>
    public int DeliveryCount { get; init; }

    /// <summary>Application properties set by settlements; they win over those the sender gave.</summary>
    public ImmutableDictionary<string, object?> Properties { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>The queue a dead letter comes from.</summary>
    public string? DeadLetterSource { get; init; }
}
