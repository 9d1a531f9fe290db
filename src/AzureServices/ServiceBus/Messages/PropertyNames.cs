namespace CustomerIoDestination.AzureServices.ServiceBus.Messages;

/// <summary>The application properties of a queue message. Times are Unix milliseconds; all are AMQP primitives, which is all that survives a settlement.</summary>
internal static class PropertyNames
{
    public const string EventId = "eventId";
    public const string Kind = "kind";
    public const string QueuedAt = "queuedAt";
    public const string ReceivedAt = "receivedAt";
    public const string ReplayCount = "replayCount";
    public const string AsOfNow = "asOfNow";
    public const string LifecycleAllowed = "lifecycleAllowed";

    /// <summary>The name the client's own tracing uses, which leaves a value that is there alone.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>Set with a dead letter: calls made to Customer.io.</summary>
    public const string Attempts = "attempts";

    /// <summary>Set with a dead letter: when it became one.</summary>
    public const string DeadLetteredAt = "deadLetteredAt";
}
