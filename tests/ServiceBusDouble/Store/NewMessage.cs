namespace ServiceBusDouble.Store;

/// <summary>A message as a sender handed it in: the few facts the broker decides by, and the rest as it was encoded.</summary>
/// <param name="Encoded">The whole message in AMQP encoding; kept as it is and never changed.</param>
internal sealed record NewMessage(ReadOnlyMemory<byte> Encoded)
{
    public string? MessageId { get; init; }

    public string? SessionId { get; init; }

    public TimeSpan? TimeToLive { get; init; }

    public DateTimeOffset? ScheduledFor { get; init; }
}
