using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Tests.Support;

/// <summary>Rules from the text of a file.</summary>
internal static class RuleTexts
{
    public static DestinationRules Valid(string text, Secret? hashSecret = null)
    {
        RulesResult result = RulesFile.Load(text, hashSecret);
        return result is RulesResult.Invalid invalid ? throw new ShouldAssertException(invalid.Message) : ((RulesResult.Valid)result).Rules;
    }

    public static IReadOnlyList<RulesProblem> Problems(string text, Secret? hashSecret = null) =>
        RulesFile.Load(text, hashSecret).ShouldBeOfType<RulesResult.Invalid>().Problems;
}
