using System.Text.Json.Nodes;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

public sealed class OperationTests
{
    private static readonly DestinationSettings WithSecret = new() { Rules = new RulesSettings { HashSecret = new Secret("a secret of some length") } };

    [Theory]
    [InlineData("referer", "referrer", """{"referer":"x"}""", """{"referrer":"x"}""")]
    [InlineData("cart_total", "revenue", """{"cart_total":5}""", """{"revenue":5}""")]
    [InlineData("a", "b", """{"a":1,"b":2}""", """{"b":1}""")]
    [InlineData("a", "b", """{"b":2}""", """{"b":2}""")]
    [InlineData("a", "b", """{"a":null}""", """{"b":null}""")]
    [InlineData("a", "a.b", """{"a":1}""", """{"a":{"b":1}}""")]
    [InlineData("a.b", "a", """{"a":{"b":1,"c":2}}""", """{"a":1}""")]
    [InlineData("cart.total", "revenue", """{"cart":{"total":5,"n":1}}""", """{"cart":{"n":1},"revenue":5}""")]
    [InlineData("x", "cart.total", """{"x":5,"cart":{"n":1}}""", """{"cart":{"n":1,"total":5}}""")]
    [InlineData("x", "cart.total", """{"x":5,"cart":"text"}""", """{"x":5,"cart":"text"}""")]
    [InlineData("items[*].sku", "items[*].id", """{"items":[{"sku":"A"},7,{"n":1},{"sku":"B"}]}""", """{"items":[{"id":"A"},7,{"n":1},{"id":"B"}]}""")]
    [InlineData("items[*].tags[*].t", "items[*].tags[*].u", """{"items":[{"tags":[{"t":1}]}]}""", """{"items":[{"tags":[{"u":1}]}]}""")]
    [InlineData("""utm\\.source""", "source", """{"utm.source":"ad","utm":{"source":"nested"}}""", """{"utm":{"source":"nested"},"source":"ad"}""")]
    public void A_property_is_renamed_or_moved(string from, string to, string given, string expected) =>
        RulesRig.Data($$"""{"operation": "renameProperty", "on": "events", "property": "{{from}}", "to": "{{to}}"}""", given).ShouldBe(expected);

    [Theory]
    [InlineData("uppercase", "\"straße x\"", "\"STRAßE X\"")]
    [InlineData("uppercase", "\"ıi\"", "\"ıI\"")]
    [InlineData("uppercase", "5", "5")]
    [InlineData("uppercase", "null", "null")]
    [InlineData("uppercase", "[\"a\"]", "[\"a\"]")]
    [InlineData("lowercase", "\"ÄÖ İ Q\"", "\"äö İ q\"")]
    [InlineData("lowercase", "true", "true")]
    [InlineData("stripQuery", "\"https://a.example/b?token=1#top\"", "\"https://a.example/b#top\"")]
    [InlineData("stripQuery", "\"/b?x=1?y=2\"", "\"/b\"")]
    [InlineData("stripQuery", "\"/app#/checkout?plan=2\"", "\"/app#/checkout\"")]
    [InlineData("stripQuery", "\"?a=1\"", "\"\"")]
    [InlineData("stripQuery", "\"/b#?\"", "\"/b#\"")]
    [InlineData("stripQuery", "\"nothing\"", "\"nothing\"")]
    [InlineData("stripQuery", "\"a@example.com; b\"", "\"a@example.com; b\"")]
    [InlineData("stripQuery", "\"/a;x=1;plain;y=2/b;z=3\"", "\"/a;plain/b\"")]
    [InlineData("stripQuery", "\"https://u:p@h.example\"", "\"https://h.example\"")]
    [InlineData("stripQuery", "\"//u@x@h.example/@b\"", "\"//h.example/@b\"")]
    [InlineData("stripQuery", "\"https://h.example/@b\"", "\"https://h.example/@b\"")]
    [InlineData("stripQuery", "\"/a//u@b\"", "\"/a//u@b\"")]
    [InlineData("stripQuery", "\"/a#token=1\"", "\"/a\"")]
    [InlineData("stripQuery", "\"/a#token%3d1\"", "\"/a\"")]
    [InlineData("stripQuery", "\"/a#/b&token%3D1\"", "\"/a\"")]
    [InlineData("stripQuery", "\"/a#/b;x=1\"", "\"/a#/b\"")]
    [InlineData("stripQuery", "\"#a=1\"", "\"\"")]
    [InlineData("stripQuery", "\";a=1\"", "\"\"")]
    [InlineData("trim", "\"\\u00a0\\u200b a b \\ufeff\"", "\"a b\"")]
    [InlineData("trim", "\" \"", "\"\"")]
    [InlineData("trim", "\"ab\"", "\"ab\"")]
    [InlineData("trim", "[\" a \"]", "[\" a \"]")]
    [InlineData("stripQuery", "7", "7")]
    [InlineData("stripQuery", "null", "null")]
    public void Text_is_changed_and_anything_else_stays(string operation, string given, string expected) =>
        RulesRig.Data($$"""{"operation": "{{operation}}", "on": "events", "property": "x"}""", $$"""{"x": {{given}}}""").ShouldBe($$"""{"x":{{expected}}}""");

    [Theory]
    [InlineData("a", """{"a":1,"b":2}""", """{"b":2}""")]
    [InlineData("a.b", """{"a":{"b":1,"c":2}}""", """{"a":{"c":2}}""")]
    [InlineData("a[*].b", """{"a":[{"b":1},{"c":2}]}""", """{"a":[{},{"c":2}]}""")]
    [InlineData("a.b", """{"a":[{"b":1}]}""", """{"a":[{"b":1}]}""")]
    [InlineData("a[*].b", """{"a":{"b":1}}""", """{"a":{"b":1}}""")]
    [InlineData("a", """{"a":1,"a":2,"b":3}""", """{"b":3}""")]
    [InlineData("a", """{"\u0061":1}""", "{}")]
    public void A_property_is_deleted_wherever_it_is(string path, string given, string expected) =>
        RulesRig.Data($$"""{"operation": "deleteProperty", "on": "events", "property": "{{path}}"}""", given).ShouldBe(expected);

    [Fact]
    public void A_list_of_properties_is_worked_on_one_by_one() =>
        RulesRig.Data("""{"operation": "deleteProperty", "on": "events", "property": ["a", "c.d"]}""", """{"a":1,"b":2,"c":{"d":3}}""").ShouldBe("""{"b":2,"c":{}}""");

    [Fact]
    public void The_elements_of_an_array_are_changed_themselves() =>
        RulesRig.Data("""{"operation": "uppercase", "on": "events", "property": "tags[*]"}""", """{"tags":["a",1,"b"]}""").ShouldBe("""{"tags":["A",1,"B"]}""");

    [Theory]
    [InlineData("plan", "\"pro\"", "{}", """{"plan":"pro"}""")]
    [InlineData("plan", "\"pro\"", """{"plan":"free","n":1}""", """{"plan":"pro","n":1}""")]
    [InlineData("a.b", "1.50", "{}", """{"a":{"b":1.50}}""")]
    [InlineData("a.b", "1", """{"a":"text"}""", """{"a":"text"}""")]
    [InlineData("items[*].currency", "\"USD\"", """{"items":[{"n":1},"x"]}""", """{"items":[{"n":1,"currency":"USD"},"x"]}""")]
    [InlineData("o", """{"deep": [1, /* a comment */ {"x": null},]}""", "{}", """{"o":{"deep":[1,{"x":null}]}}""")]
    public void A_constant_is_set(string path, string value, string given, string expected) =>
        RulesRig.Data($$"""{"operation": "sendConstantProperty", "on": "events", "property": "{{path}}", "value": {{value}}}""", given).ShouldBe(expected);

    [Fact]
    public void A_constant_object_can_be_worked_on_by_later_transformations() =>
        RulesRig.Data(
            """
            {"operation": "sendConstantProperty", "on": "events", "property": "o", "value": {"a": "x", "b": 1}},
            {"operation": "uppercase", "on": "events", "property": "o.a"}
            """,
            "{}").ShouldBe("""{"o":{"a":"X","b":1}}""");

    [Theory]
    [InlineData("""{"operation": "sendBuiltInProperty", "on": "events", "property": "$ip"}""", """{"$ip":"10.0.0.1","n":1}""", """{"n":1,"$ip":"10.0.0.1"}""")]
    [InlineData("""{"operation": "sendBuiltInProperty", "on": "events", "property": "$ip", "to": "ip"}""", """{"$ip":"10.0.0.1"}""", """{"ip":"10.0.0.1"}""")]
    [InlineData("""{"operation": "sendBuiltInProperty", "on": "events", "property": "$os"}""", """{"$ip":"10.0.0.1"}""", "{}")]
    [InlineData("""{"operation": "sendConstantProperty", "on": "events", "property": "x", "value": 1}""", """{"$ip":"10.0.0.1"}""", """{"x":1}""")]
    public void A_built_in_property_is_sent_only_when_named(string transformation, string given, string expected) => RulesRig.Data(transformation, given).ShouldBe(expected);

    [Fact]
    public void A_fact_of_the_context_is_sent_under_a_name() =>
        RulesRig.Body(
            """{"transformations": [{"operation": "sendBuiltInProperty", "on": ["Purchase"], "property": "context.campaign.source", "to": "utm_source"}]}""",
            """{"type": "track", "event": "Purchase", "userId": "u1", "context": {"campaign": {"source": "newsletter"}}}""")["data"]!["utm_source"]!.GetValue<string>().ShouldBe("newsletter");

    [Fact]
    public void Built_in_properties_of_the_http_api_can_be_sent_but_its_own_never_are() =>
        RulesRig.Body(
            """{"transformations": [{"operation": "sendBuiltInProperty", "on": "events", "property": "$ip"}]}""",
            """{"event": "Purchase", "properties": {"distinct_id": "u1", "token": "t", "time": 1577836800, "$ip": "10.0.0.1", "price": 500}}""")["data"]!.ToJsonString()
            .ShouldBe("""{"price":500,"$ip":"10.0.0.1"}""");

    [Theory]
    [InlineData("\"ada@example.com\"", "\"b5fc85e55755f9e0d030a14ab4429b2b68ad3fb2a6d5e2e6b4ca2a2fba0b9fb3\"", false)]
    [InlineData("null", "null", true)]
    public void A_null_is_not_hashed_and_a_text_never_stays(string given, string expected, bool same)
    {
        string data = RulesRig.Data("""{"operation": "hashProperty", "on": "events", "property": "x", "algorithm": "sha256"}""", $$"""{"x": {{given}}}""");
        (data == $$"""{"x":{{expected}}}""").ShouldBe(same);
        (data == $$"""{"x":{{given}}}""").ShouldBe(same);
    }

    [Theory]
    [InlineData("\"abc\"", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("\"\\u0061bc\"", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("\"\"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    public void Sha256_is_the_one_everybody_computes(string given, string expected) =>
        RulesRig.Data("""{"operation": "hashProperty", "on": "events", "property": "x", "algorithm": "sha256"}""", $$"""{"x": {{given}}}""").ShouldBe($$"""{"x":"{{expected}}"}""");

    [Fact]
    public void The_hash_is_an_hmac_with_the_secret_unless_asked_otherwise()
    {
        string expected = Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData("a secret of some length"u8, "abc"u8));
        RulesRig.Data("""{"operation": "hashProperty", "on": "events", "property": "x"}""", """{"x": "abc"}""", WithSecret).ShouldBe($$"""{"x":"{{expected}}"}""");
    }

    [Fact]
    public void An_event_is_renamed_once_by_the_first_that_applies()
    {
        const string Rules = """
            {"transformations": [
              {"operation": "renameEvent", "on": ["Purchase"], "to": "Pro Purchase", "when": {"property": "plan", "equals": "pro"}},
              {"operation": "renameEvent", "on": ["Purch*"], "to": "Bought"},
            ]}
            """;
        Name("""{"plan": "pro"}""").ShouldBe("Pro Purchase");
        Name("{}").ShouldBe("Bought");

        static string Name(string properties) =>
            RulesRig.Body(Rules, $$"""{"type": "track", "event": " Purchase", "userId": "u1", "properties": {{properties}}}""")["name"]!.GetValue<string>();
    }

    [Fact]
    public void Transformations_apply_in_order_and_see_what_the_ones_before_left() =>
        RulesRig.Data(
            """
            {"operation": "renameProperty", "on": "events", "property": "Plan", "to": "plan"},
            {"operation": "lowercase", "on": "events", "property": "plan"},
            {"operation": "sendConstantProperty", "on": "events", "property": "vip", "value": true, "when": {"property": "plan", "equals": "gold"}}
            """,
            """{"Plan": "GOLD"}""").ShouldBe("""{"plan":"gold","vip":true}""");

    [Fact]
    public void A_value_over_the_limit_passes_when_a_rule_makes_it_fit() =>
        RulesRig.Preview(
            """{"transformations": [{"operation": "deleteProperty", "on": "users", "property": "bio"}]}""",
            $$"""{"type": "identify", "userId": "u1", "traits": {"bio": "{{new string('x', 2_000)}}"} }""").Outcome.ShouldBe("deliver");

    [Fact]
    public void Lone_surrogates_and_big_numbers_of_untouched_properties_pass_as_without_rules()
    {
        string data = RulesRig.Data("""{"operation": "deleteProperty", "on": "events", "property": "x"}""", """{"x":1,"s":"\ud800","n":123456789012345678901.50,"e":1E2}""");
        data.ShouldBe("{\"s\":\"\uFFFD\",\"n\":123456789012345678901.50,\"e\":1E2}");
    }

    [Theory]
    [InlineData("a", "b", """{"a":1,"b":2}""", """{"a":1,"b":1}""")]
    [InlineData("a", "b", """{"b":2}""", """{"b":2}""")]
    [InlineData("a", "b", """{"a":null}""", """{"a":null,"b":null}""")]
    [InlineData("a", "a.b", """{"a":1}""", """{"a":1}""")]
    [InlineData("a", "a.b", """{"a":{"c":1}}""", """{"a":{"c":1,"b":{"c":1}}}""")]
    [InlineData("a.b", "a", """{"a":{"b":1,"c":2}}""", """{"a":1}""")]
    [InlineData("cart.total", "sums.cart", """{"cart":{"total":5}}""", """{"cart":{"total":5},"sums":{"cart":5}}""")]
    [InlineData("items[*].sku", "items[*].id", """{"items":[{"sku":"A"},7,{"n":1}]}""", """{"items":[{"sku":"A","id":"A"},7,{"n":1}]}""")]
    public void A_property_is_copied_and_its_source_stays(string from, string to, string given, string expected) =>
        RulesRig.Data($$"""{"operation": "copyProperty", "on": "events", "property": "{{from}}", "to": "{{to}}"}""", given).ShouldBe(expected);

    [Fact]
    public void A_copy_is_a_value_of_its_own_even_of_what_was_changed_before() =>
        RulesRig.Data(
            """
            {"operation": "uppercase", "on": "events", "property": "a.x[*].y"},
            {"operation": "copyProperty", "on": "events", "property": "a", "to": "b"},
            {"operation": "deleteProperty", "on": "events", "property": "b.x[*].y"}
            """,
            """{"a":{"x":[{"y":"v"}]}}""").ShouldBe("""{"a":{"x":[{"y":"V"}]},"b":{"x":[{}]}}""");

    [Fact]
    public void An_email_told_beside_the_traits_can_be_copied_into_them() =>
        JsonNode.Parse(RulesRig.Preview(
            """{"transformations": [{"operation": "copyProperty", "on": "users", "property": "email", "to": "billing_email"}]}""",
            """{"type": "identify", "userId": "u1", "traits": {"plan": "gold"}, "properties": {"email": "ada@example.com"}}""").Requests.ShouldHaveSingleItem().Body.Span)!["billing_email"]!
            .GetValue<string>().ShouldBe("ada@example.com");

    [Theory]
    [InlineData("{a}", """{"a":"x"}""", "x")]
    [InlineData("{a}-{a}", """{"a":1.50}""", "1.50-1.50")]
    [InlineData("is {a.b}!", """{"a":{"b":true}}""", "is true!")]
    [InlineData("{a\\.b}", """{"a.b":false}""", "false")]
    [InlineData("\\{{a}\\}\\\\", """{"a":"x"}""", "{x}\\")]
    [InlineData("<{a}>", """{"a":""}""", "<>")]
    [InlineData("{a}", """{"a":null}""", null)]
    [InlineData("{a}", "{}", null)]
    [InlineData("{a}{b}", """{"a":1}""", null)]
    [InlineData("{a}", """{"a":{}}""", null)]
    [InlineData("{a}", """{"a":[1]}""", null)]
    public void A_template_is_filled_unless_a_part_is_missing(string template, string given, string? expected)
    {
        string data = RulesRig.Data($$"""{"operation": "template", "on": "events", "property": "made", "template": {{JsonValue.Create(template)!.ToJsonString()}}}""", given);

        JsonNode.Parse(data)!["made"]?.GetValue<string>().ShouldBe(expected);
        (JsonNode.Parse(data)!["made"] is null).ShouldBe(expected is null);
    }

    [Theory]
    [InlineData("""{"operation": "deleteProperty", "on": "events", "property": "p.a"}""", true)]
    [InlineData("""{"operation": "deleteProperty", "on": "events", "property": "p"}""", false)]
    [InlineData("""{"operation": "deleteProperty", "on": "events", "property": "list[*].b.c"}""", true)]
    [InlineData("""{"operation": "uppercase", "on": "events", "property": "list[*]"}""", false)]
    [InlineData("""{"operation": "uppercase", "on": "events", "property": "plain.a"}""", false)]
    [InlineData("""{"operation": "renameProperty", "on": "events", "property": "p.a", "to": "q"}""", true)]
    [InlineData("""{"operation": "renameProperty", "on": "events", "property": "plain", "to": "p.z"}""", true)]
    [InlineData("""{"operation": "sendConstantProperty", "on": "events", "property": "p.z", "value": 1}""", true)]
    [InlineData("""{"operation": "sendConstantProperty", "on": "events", "property": "p.z", "value": 1, "when": {"property": "n", "exists": true}}""", false)]
    [InlineData("""{"operation": "sendConstantProperty", "on": "events", "property": "z", "value": 1, "when": {"not": {"all": [{"property": "p.a", "exists": true}]}}}""", true)]
    [InlineData("""{"operation": "template", "on": "events", "property": "z", "template": "{p.a}"}""", true)]
    [InlineData("""{"operation": "copyProperty", "on": "events", "property": "p.a", "to": "z"}""", true)]
    [InlineData("""{"operation": "hashProperty", "on": "users", "property": "p.a", "algorithm": "sha256"}""", false)]
    public void A_rule_that_would_lead_into_a_text_that_holds_JSON_says_that_it_did_not(string transformation, bool warns) =>
        RulesRig.Preview(
            $$"""{"transformations": [{{transformation}}]}""",
            """{"type": "track", "event": "x", "userId": "u1", "properties": {"p": " {\"a\": 1}", "list": ["{}", {"b": "[1]"}], "plain": "{no JSON"}}""")
            .Warnings.Select(warning => warning.Code).ShouldBe(warns ? ["rule_stopped_at_text"] : []);
}
