namespace CustomerIoDestination.AzureServices.RateShare;

/// <summary>What asking for a lease came to.</summary>
internal abstract record LeaseAnswer
{
    private LeaseAnswer()
    {
    }

    /// <summary>It is ours.</summary>
    public sealed record Held(string LeaseId) : LeaseAnswer;

    /// <summary>It is somebody else's.</summary>
    public sealed record Taken : LeaseAnswer;

    /// <summary>Storage gave no answer that says anything.</summary>
    /// <param name="Code">A bounded code, for the log.</param>
    public sealed record Unreachable(string Code) : LeaseAnswer;
}
