using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Cli.Configuration;

/// <summary>The rules as the hosts would open them.</summary>
/// <param name="Path">The file; null when there is none.</param>
/// <param name="Result">What came of reading it.</param>
internal sealed record CliRules(string? Path, RulesResult Result)
{
    /// <summary>Reads the rules.</summary>
    /// <param name="path">The file given on the command line; null for the one of the settings.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The time.</param>
    public static CliRules Read(string? path, RulesSettings settings, TimeProvider time) =>
        RulesSource.Open(path is null ? settings : settings with { Path = path }, time) switch
        {
            RulesOpening.Opened opened => new CliRules(opened.Source.Status.Path, new RulesResult.Valid(opened.Source.Current) { Warnings = opened.Source.Status.Warnings }),
            RulesOpening.Refused refused => new CliRules(refused.Path, refused.Rules),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
