namespace ServiceBusDouble.Store;

/// <summary>The messages of one session id that can be received, who may receive them, and the session's state. A queue without sessions has exactly one, which nobody holds.</summary>
internal sealed class Session(string id)
{
    public string Id { get; } = id;

    /// <summary>Sequence numbers of messages that are active and not locked, oldest first.</summary>
    public SortedSet<long> Ready { get; } = [];

    /// <summary>Sequence numbers of messages locked under the session's lock.</summary>
    public HashSet<long> Locked { get; } = [];

    public string? Holder { get; set; }

    public DateTimeOffset LockedUntil { get; set; }

    public ReadOnlyMemory<byte>? State { get; set; }
}
