namespace ServiceBusDouble.Store;

/// <summary>A peek-lock on one message.</summary>
/// <param name="Token">What a settlement names.</param>
/// <param name="Until">When the lock ends; for a message of a session, when the session's lock ended at the time of receiving.</param>
internal sealed record MessageLock(Guid Token, DateTimeOffset Until);
