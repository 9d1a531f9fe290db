using System.Collections.Immutable;

namespace ServiceBusDouble.Store;

/// <summary>What a receiver does with a message it holds.</summary>
internal abstract record Settlement
{
    private Settlement()
    {
    }

    /// <summary>Application properties the receiver wants to see next time.</summary>
    public ImmutableDictionary<string, object?> Properties { get; init; } = ImmutableDictionary<string, object?>.Empty;

    /// <summary>Done: the message is deleted.</summary>
    public sealed record Complete : Settlement;

    /// <summary>Failed: at once available again, the delivery counts.</summary>
    public sealed record Abandon : Settlement;

    /// <summary>Set aside: from now on received by its sequence number only.</summary>
    public sealed record Defer : Settlement;

    /// <summary>Moved to the dead-letter sub-queue.</summary>
    public sealed record DeadLetter(string? Reason, string? Description) : Settlement;

    /// <summary>Given back as if never received: the delivery does not count.</summary>
    public sealed record Release : Settlement;
}
