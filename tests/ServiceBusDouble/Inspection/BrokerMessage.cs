using System.Text;
using ServiceBusDouble.Store;

namespace ServiceBusDouble.Inspection;

/// <summary>A message as it lies in a queue or dead-letter sub-queue, for tests to look at.</summary>
public sealed record BrokerMessage
{
    /// <summary>The number in this queue.</summary>
    public required long SequenceNumber { get; init; }

    public required string? MessageId { get; init; }

    public required string? SessionId { get; init; }

    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body read as UTF-8.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body.Span);

    /// <summary>What the sender set, overlaid with what settlements set.</summary>
    public required IReadOnlyDictionary<string, object?> ApplicationProperties { get; init; }

    /// <summary>Failed deliveries so far; the client shows one more while it holds the message.</summary>
    public required int DeliveryCount { get; init; }

    public required DateTimeOffset EnqueuedAt { get; init; }

    public required bool IsLocked { get; init; }

    /// <summary>Why the message was dead-lettered; null when it was not.</summary>
    public string? DeadLetterReason => ApplicationProperties.GetValueOrDefault(QueueStore.DeadLetterReason) as string;

    /// <summary>The words beside the reason; null when there are none.</summary>
    public string? DeadLetterDescription => ApplicationProperties.GetValueOrDefault(QueueStore.DeadLetterDescription) as string;
}
