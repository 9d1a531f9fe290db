namespace ServiceBusDouble.Store;

/// <summary>What came of handing messages in; all of them are taken, or none.</summary>
internal abstract record SendOutcome
{
    private SendOutcome()
    {
    }

    /// <summary>One sequence number a message, in order; a dropped duplicate has a number that names nothing.</summary>
    public sealed record Taken(IReadOnlyList<long> Sequences) : SendOutcome;

    /// <summary>The queue requires sessions and a message has none.</summary>
    public sealed record SessionIdMissing : SendOutcome;
}
