namespace CustomerIoDestination.Settings;

/// <summary>What came of reading the settings.</summary>
public abstract record SettingsResult
{
    private SettingsResult()
    {
    }

    /// <summary>They are good.</summary>
    public sealed record Valid(DestinationSettings Settings) : SettingsResult;

    /// <summary>They are not; the host must not start.</summary>
    /// <param name="Problems">Every problem, each with the setting's name; no secret's value.</param>
    public sealed record Invalid(IReadOnlyList<SettingProblem> Problems) : SettingsResult
    {
        /// <summary>One message that lists every problem.</summary>
        public string Message =>
            $"The settings have {Problems.Count} problem{(Problems.Count == 1 ? "" : "s")}:{Environment.NewLine}"
            + string.Join(Environment.NewLine, Problems.Select(problem => $"  {problem.Name}: {problem.Message}"));
    }
}

/// <summary>One thing that is wrong with a setting.</summary>
/// <param name="Name">The setting's name, for instance <c>Delivery__RequestsPerSecond</c>.</param>
/// <param name="Message">What is wrong and what would be right; never a secret's value.</param>
public sealed record SettingProblem(string Name, string Message);
