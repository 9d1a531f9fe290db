using CustomerIoDestination.Preview;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

/// <summary>Names that look alike are one name to the rules, whatever white space is in them; what is sent keeps its inside.</summary>
public sealed class NameComparisonTests
{
    [Theory]
    [InlineData("Order Completed")]
    [InlineData("Order\u00a0Completed")]
    [InlineData("\u00a0Order Completed\u200b")]
    [InlineData("Order  \t Completed ")]
    [InlineData("\uFEFFOrder\u2003Completed")]
    public void A_name_is_enabled_whatever_white_space_it_has(string name)
    {
        PreviewItem item = Preview("""{"events": {"enabled": ["Order Completed"]}}""", name);

        item.Outcome.ShouldBe("deliver");
    }

    [Theory]
    [InlineData("Order Completed", "deliver")]
    [InlineData("OrderCompleted", "skip")]
    [InlineData("order completed", "skip")]
    [InlineData("Order\u200bCompleted", "skip")]
    public void A_name_in_the_rules_is_compared_alike(string name, string outcome) =>
        Preview("""{"events": {"enabled": [" Order\u00a0  Completed "]}}""", name).Outcome.ShouldBe(outcome);

    [Fact]
    public void A_transformation_finds_it_too() => RulesRig.Body(
        """{"transformations": [{"operation": "renameEvent", "on": ["Order *"], "to": "Bought"}]}""",
        """{"type":"track","event":"Order\u00a0Completed","userId":"u"}""")["name"]!.GetValue<string>().ShouldBe("Bought");

    private static PreviewItem Preview(string rules, string name) =>
        RulesRig.Preview(rules, $$"""{"type":"track","event":{{SomeJson.Quote(name)}},"userId":"u"}""");
}
