using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Tests.Support;

/// <summary>Rules from the text of a file.</summary>
internal static class RuleTexts
{
    public static DestinationRules Valid(string text, Secret? hashSecret = null)
    {
        Checked<DestinationRules> result = RulesFile.Load(text, hashSecret);
        return result is Checked<DestinationRules>.Invalid invalid ? throw new ShouldAssertException(invalid.Message) : ((Checked<DestinationRules>.Valid)result).Value;
    }

    public static IReadOnlyList<Problem> Problems(string text, Secret? hashSecret = null) =>
        RulesFile.Load(text, hashSecret).ShouldBeOfType<Checked<DestinationRules>.Invalid>().Problems;
}
