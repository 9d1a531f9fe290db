namespace CustomerIoDestination.Rules.Reading;

/// <summary>What came of opening the rules at start.</summary>
public abstract record RulesOpening
{
    private RulesOpening()
    {
    }

    /// <summary>They are good, or there is no file.</summary>
    public sealed record Opened(RulesSource Source) : RulesOpening;

    /// <summary>They are not; the host must not start.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Rules">Every problem.</param>
    public sealed record Refused(string Path, RulesResult.Invalid Rules) : RulesOpening
    {
        /// <summary>One message that lists every problem.</summary>
        public string Message => $"{Path}: {Rules.Message}";
    }
}
