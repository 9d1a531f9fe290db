namespace ServiceBusDouble.Store;

/// <summary>What came of asking for a session.</summary>
internal abstract record SessionOutcome
{
    private SessionOutcome()
    {
    }

    /// <summary>The session is the holder's until then.</summary>
    public sealed record Granted(string SessionId, DateTimeOffset Until) : SessionOutcome;

    /// <summary>The session asked for is held by another.</summary>
    public sealed record Taken : SessionOutcome;

    /// <summary>No free session has messages to receive.</summary>
    public sealed record NoneReady : SessionOutcome;
}
