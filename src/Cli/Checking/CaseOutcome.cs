namespace CustomerIoDestination.Cli.Checking;

/// <summary>What came of a test of the rules.</summary>
internal abstract record CaseOutcome(string Name)
{
    /// <summary>It came out as expected.</summary>
    public sealed record Passed(string Name) : CaseOutcome(Name);

    /// <summary>It came out differently.</summary>
    public sealed record Failed(string Name, IReadOnlyList<CaseDifference> Differences) : CaseOutcome(Name);

    /// <summary>It is no test.</summary>
    public sealed record Unusable(string Name, string Problem) : CaseOutcome(Name);
}
