using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("""{"property": "a", "exists": true}""", """{"a":1}""", true)]
    [InlineData("""{"property": "a", "exists": true}""", """{"a":null}""", false)]
    [InlineData("""{"property": "a", "exists": true}""", "{}", false)]
    [InlineData("""{"property": "a", "exists": false}""", "{}", true)]
    [InlineData("""{"property": "a.b", "exists": true}""", """{"a":{"b":0}}""", true)]
    [InlineData("""{"property": "a.b", "exists": true}""", """{"a":"b"}""", false)]
    [InlineData("""{"property": "a", "equals": "x"}""", """{"a":"x"}""", true)]
    [InlineData("""{"property": "a", "equals": "x"}""", """{"a":"X"}""", false)]
    [InlineData("""{"property": "a", "equals": "1"}""", """{"a":1}""", false)]
    [InlineData("""{"property": "a", "equals": 1}""", """{"a":1.0}""", true)]
    [InlineData("""{"property": "a", "equals": true}""", """{"a":true}""", true)]
    [InlineData("""{"property": "a", "equals": true}""", """{"a":false}""", false)]
    [InlineData("""{"property": "a", "equals": null}""", """{"a":null}""", true)]
    [InlineData("""{"property": "a", "equals": null}""", "{}", false)]
    [InlineData("""{"property": "a", "in": ["x", 2]}""", """{"a":2}""", true)]
    [InlineData("""{"property": "a", "in": ["x", 2]}""", """{"a":3}""", false)]
    [InlineData("""{"property": "a", "matches": "^ad.+[.]com$"}""", """{"a":"ada@example.com"}""", true)]
    [InlineData("""{"property": "a", "matches": "^4"}""", """{"a":42}""", true)]
    [InlineData("""{"property": "a", "matches": "^$"}""", """{"a":""}""", true)]
    [InlineData("""{"property": "a", "matches": "true"}""", """{"a":true}""", false)]
    [InlineData("""{"property": "a", "atLeast": 10, "lessThan": 20}""", """{"a":10}""", true)]
    [InlineData("""{"property": "a", "atLeast": 10, "lessThan": 20}""", """{"a":20}""", false)]
    [InlineData("""{"property": "a", "greaterThan": 10}""", """{"a":10}""", false)]
    [InlineData("""{"property": "a", "greaterThan": 10}""", """{"a":"10.5"}""", true)]
    [InlineData("""{"property": "a", "atMost": 10}""", """{"a":10}""", true)]
    [InlineData("""{"property": "a", "atMost": 10}""", """{"a":"ten"}""", false)]
    [InlineData("""{"property": "a", "atMost": 10}""", "{}", false)]
    [InlineData("""{"property": "items[*].sku", "equals": "B"}""", """{"items":[{"sku":"A"},{"sku":"B"}]}""", true)]
    [InlineData("""{"property": "items[*].sku", "equals": "B"}""", """{"items":{"sku":"B"}}""", false)]
    [InlineData("""{"property": "tags[*]", "in": ["x"]}""", """{"tags":[1,"x"]}""", true)]
    [InlineData("""{"kind": "track"}""", "{}", true)]
    [InlineData("""{"kind": ["page", "screen"]}""", "{}", false)]
    [InlineData("""{"page": "/blog/*"}""", "{}", true)]
    [InlineData("""{"page": ["/a", "/shop*"]}""", "{}", false)]
    [InlineData("""{"source": "web"}""", "{}", true)]
    [InlineData("""{"source": ["server", "mobile"]}""", "{}", false)]
    [InlineData("""{"kind": "track", "source": "mobile"}""", "{}", false)]
    [InlineData("""{"all": [{"kind": "track"}, {"source": "web"}]}""", "{}", true)]
    [InlineData("""{"any": [{"kind": "page"}, {"source": "web"}]}""", "{}", true)]
    [InlineData("""{"any": [{"kind": "page"}, {"source": "mobile"}]}""", "{}", false)]
    [InlineData("""{"not": {"kind": "track"}}""", "{}", false)]
    [InlineData("""{"not": {"any": [{"kind": "page"}, {"property": "a", "equals": 2}]}}""", """{"a":1}""", true)]
    public void An_event_is_dropped_exactly_when_the_condition_holds(string when, string properties, bool holds)
    {
        string rules = $$"""{"transformations": [{"operation": "dropEvent", "on": "events", "when": {{when}}}]}""";
        var item = RulesRig.Preview(
            rules,
            $$"""
            {"type": "track", "event": "Read", "userId": "u1", "properties": {{properties}},
             "context": {"page": {"path": "/blog/1"}, "library": {"name": "freshpaint.js"} } }
            """);

        item.Outcome.ShouldBe(holds ? "skip" : "deliver");
        item.Reason.ShouldBe(holds ? "filtered" : null);
        item.Rule.ShouldBe(holds ? "transformations[0]" : null);
    }

    [Theory]
    [InlineData("""{"page": {"url": "https://a.example/shop/x?y=1#z"}}""", """{}""", true)]
    [InlineData("""{}""", """{"$current_url": "https://a.example/shop/x"}""", true)]
    [InlineData("""{"page": {"path": "/"}}""", """{"$current_url": "https://a.example/shop/x"}""", false)]
    [InlineData("""{"page": {"path": " "}}""", """{"$current_url": "https://a.example/shop/x"}""", true)]
    [InlineData("""{"page": {"path": "/"}}""", """{"$current_url": "https://a.example/#/shop/x"}""", true)]
    [InlineData("""{"page": {"path": "/", "url": "https://a.example/?a=1#!/Shop/x?b=2"}}""", """{}""", true)]
    [InlineData("""{"page": {"path": "/#shop/x"}}""", """{}""", false)]
    [InlineData("""{"page": {"path": "//SHOP//x"}}""", """{}""", true)]
    [InlineData("""{"page": {"path": "/sh%6Fp%2Fx"}}""", """{}""", true)]
    [InlineData("""{"page": {"path": "/sh%zzp/x"}}""", """{}""", false)]
    [InlineData("""{"page": {"url": "//a.example/shop/x"}}""", """{}""", true)]
    [InlineData("""{"page": {"url": "a.example/shop/x"}}""", """{}""", true)]
    [InlineData("""{"page": {"url": "https://a.example"}}""", """{}""", false)]
    [InlineData("""{}""", """{}""", false)]
    public void The_page_is_known_from_its_path_or_its_url(string context, string properties, bool holds) =>
        (RulesRig.Preview(
            """{"transformations": [{"operation": "dropEvent", "on": "events", "when": {"page": "/shop/*"}}]}""",
            $$"""{"type": "track", "event": "Read", "userId": "u1", "properties": {{properties}}, "context": {{context}} }""").Outcome == "skip").ShouldBe(holds);

    [Theory]
    [InlineData("/MÜNCHEN/*")]
    [InlineData("/m%C3%BCnchen//*")]
    public void A_page_pattern_is_read_in_the_form_that_paths_are_compared_in(string pattern) =>
        RulesRig.Preview(
            $$"""{"transformations": [{"operation": "dropEvent", "on": "events", "when": {"page": "{{pattern}}"} }]}""",
            """{"type": "page", "userId": "u1", "properties": {"url": "https://a.example/M%c3%9cnchen/x"} }""").Reason.ShouldBe("filtered");

    [Fact]
    public void A_condition_on_every_operation_restricts_it() =>
        RulesRig.Data(
            """
            {"operation": "deleteProperty", "on": "events", "property": "a", "when": {"property": "b", "equals": 2}},
            {"operation": "deleteProperty", "on": "events", "property": "b", "when": {"property": "a", "exists": true}}
            """,
            """{"a":1,"b":1}""").ShouldBe("""{"a":1}""");
}
