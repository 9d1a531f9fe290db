namespace ServiceBusDouble;

/// <summary>A queue as it is created: what is fixed here stays for the life of the broker.</summary>
/// <param name="Name">The queue's path; compared without regard to case.</param>
/// <seealso href="https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas"/>
public sealed record QueueDefinition(string Name)
{
    /// <summary>The largest message, properties included, that Service Bus Standard takes: 256 KB.</summary>
    public const long StandardMaxMessageSize = 262_144;

    /// <summary>Messages need a session id and are received through session receivers only.</summary>
    public bool RequiresSession { get; init; }

    /// <summary>How long a message, or a session, is locked by one receive or renewal. Service Bus allows up to 5 minutes.</summary>
    public TimeSpan LockDuration { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Failed deliveries after which a message is dead-lettered with <c>MaxDeliveryCountExceeded</c>.</summary>
    public int MaxDeliveryCount { get; init; } = 10;

    /// <summary>The longest life of a message; a message may ask for less, never for more. Null: no end.</summary>
    public TimeSpan? DefaultTimeToLive { get; init; }

    /// <summary>Within this time a message id is taken once; a repetition is accepted and dropped. Null: no duplicate detection.</summary>
    public TimeSpan? DuplicateDetectionWindow { get; init; }

    /// <summary>An expired message becomes a dead letter (<c>TTLExpiredException</c>) instead of vanishing.</summary>
    public bool DeadLetteringOnMessageExpiration { get; init; }

    /// <summary>Largest message or batch in bytes, told to the client on the sender's link and enforced.</summary>
    public long MaxMessageSize { get; init; } = StandardMaxMessageSize;

    /// <summary>A queue as the destination's is created in Azure (<c>infra/queue.json</c>).</summary>
    public static QueueDefinition AsInAzure(string name) => new(name)
    {
        RequiresSession = true,
        MaxDeliveryCount = 100,
        DefaultTimeToLive = TimeSpan.FromDays(14),
        DuplicateDetectionWindow = TimeSpan.FromDays(7),
        DeadLetteringOnMessageExpiration = true,
    };
}
