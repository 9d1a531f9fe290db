using System.Text;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

public sealed class PreviewOfRulesTests
{
    [Fact]
    public void Each_transformation_that_applied_is_shown_with_before_and_after()
    {
        PreviewItem item = RulesRig.Preview(
            """
            {"transformations": [
              {"operation": "renameEvent", "on": ["Bought"], "to": "Order Completed"},
              {"operation": "uppercase", "on": "events", "property": "absent"},
              {"operation": "renameProperty", "on": "events", "property": "sum", "to": "total", "name": "one name for money"},
              {"operation": "changePropertyType", "on": "events", "property": "total", "type": "number"},
              {"operation": "deleteProperty", "on": "events", "property": "items[*].note"}
            ]}
            """,
            """{"type": "track", "event": "Bought", "userId": "u1", "properties": {"sum": "5.0", "items": [{"note": "x"}, {"note": null}]} }""");

        item.Transformations.Select(Describe).ShouldBe(
        [
            "transformations[0]  renameEvent event: \"Bought\" -> \"Order Completed\"",
            "transformations[2] one name for money renameProperty sum: \"5.0\" -> gone",
            "transformations[2] one name for money renameProperty total: gone -> \"5.0\"",
            "transformations[3]  changePropertyType total: \"5.0\" -> 5.0",
            "transformations[4]  deleteProperty items[*].note: \"x\" -> gone",
            "transformations[4]  deleteProperty items[*].note: null -> gone",
        ]);
    }

    [Fact]
    public void Each_operation_is_told_by_the_name_it_has_in_the_rules()
    {
        PreviewItem item = RulesRig.Preview(
            """
            {"transformations": [
              {"operation": "copyProperty", "on": "events", "property": "a", "to": "b"},
              {"operation": "lowercase", "on": "events", "property": "b"},
              {"operation": "uppercase", "on": "events", "property": "b"},
              {"operation": "trim", "on": "events", "property": "c"},
              {"operation": "hashProperty", "on": "events", "property": "c", "algorithm": "sha256"},
              {"operation": "sendConstantProperty", "on": "events", "property": "d", "value": 1},
              {"operation": "sendBuiltInProperty", "on": "events", "property": "$ip"},
              {"operation": "template", "on": "events", "property": "e", "template": "{b}"},
              {"operation": "stripQuery", "on": "events", "property": "f"},
              {"operation": "stripQuery", "on": "events"}
            ]}
            """,
            """{"type": "track", "event": "x", "userId": "u1", "properties": {"a": "Ab", "c": " c ", "f": "/f?x=1", "url": "/u?x=1", "$ip": "10.0.0.1"} }""");

        item.Transformations.Select(change => change.Operation).ShouldBe(
            ["copyProperty", "lowercase", "uppercase", "trim", "hashProperty", "sendConstantProperty", "sendBuiltInProperty", "template", "stripQuery", "stripQuery"]);
    }

    [Theory]
    [InlineData(""", "name": "hide condition pages" """, "hide condition pages")]
    [InlineData("", null)]
    public void A_skip_tells_the_place_and_the_name_of_its_rule(string name, string? told)
    {
        PreviewItem item = RulesRig.Preview(
            $$"""{"transformations": [{"operation": "dropEvent", "on": "events", "when": {"page": "/conditions/*"}{{name}}}]}""",
            """{"type": "track", "event": "x", "userId": "u1", "context": {"page": {"path": "/conditions/asthma"} } }""");

        (item.Outcome, item.Reason, item.Rule, item.RuleName).ShouldBe(("skip", "filtered", "transformations[0]", told));
    }

    [Theory]
    [InlineData("""{"path": "/results?id=5"}""")]
    [InlineData("""{"path": "/results#top"}""")]
    [InlineData("""{"url": "https://a.example/results?id=5#top"}""")]
    public void The_path_of_a_page_ends_before_its_query(string page) =>
        RulesRig.Preview(
            """{"transformations": [{"operation": "dropEvent", "on": "events", "when": {"page": "/results"}}]}""",
            $$"""{"type": "track", "event": "x", "userId": "u1", "context": {"page": {{page}} } }""").Outcome.ShouldBe("skip");

    [Fact]
    public void A_hidden_fact_is_not_shown_twice() =>
        RulesRig.Preview(
            """{"transformations": [{"operation": "lowercase", "on": "users", "property": "email"}]}""",
            """{"type": "identify", "traits": {"email": "A@b.co"} }""").Transformations.ShouldHaveSingleItem().Field.ShouldBe("email");

    [Fact]
    public void Nothing_is_shown_when_nothing_applied() =>
        RulesRig.Preview("{}", """{"type": "track", "event": "x", "userId": "u1"}""").Transformations.ShouldBeEmpty();

    private static string Describe(AppliedTransformation applied) =>
        $"{applied.Rule} {applied.Name} {applied.Operation} {applied.Field}: {Text(applied.Before)} -> {Text(applied.After)}";

    private static string Text(ReadOnlyMemory<byte>? json) => json is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : "gone";
}
