namespace CustomerIoDestination.Rules;

/// <summary>What came of reading rules.</summary>
public abstract record RulesResult
{
    private RulesResult()
    {
    }

    /// <summary>They are good.</summary>
    public sealed record Valid(DestinationRules Rules) : RulesResult
    {
        /// <summary>What is allowed, but was probably not meant.</summary>
        public IReadOnlyList<RulesProblem> Warnings { get; init; } = [];
    }

    /// <summary>They are not.</summary>
    /// <param name="Problems">Every problem, at least one.</param>
    public sealed record Invalid(IReadOnlyList<RulesProblem> Problems) : RulesResult
    {
        /// <summary>One message that lists every problem.</summary>
        public string Message =>
            $"The rules have {Problems.Count} problem{(Problems.Count == 1 ? "" : "s")}:{Environment.NewLine}"
            + string.Join(Environment.NewLine, Problems.Select(problem => $"  {problem.Path}: {problem.Message}"));
    }
}

/// <summary>One thing that is wrong with rules.</summary>
/// <param name="Path">Where in the file, for instance <c>transformations[2].when.matches</c>; <c>$</c> for the file as a whole.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public sealed record RulesProblem(string Path, string Message);
