using CustomerIoDestination.Preview;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

public sealed class EnablingTests
{
    private const string Track = """{"type": "track", "event": " Order Completed ", "userId": "u1"}""";
    private const string Page = """{"type": "page", "userId": "u1", "context": {"page": {"url": "https://a.example/"} } }""";
    private const string Screen = """{"type": "screen", "name": "Home", "userId": "u1"}""";
    private const string Identify = """{"type": "identify", "userId": "u1", "anonymousId": "d1"}""";
    private const string Group = """{"type": "group", "userId": "u1", "groupId": "g"}""";
    private const string Alias = """{"type": "alias", "userId": "u1", "previousId": "v"}""";
    private const string Anonymous = """{"type": "track", "event": "x", "anonymousId": "d1"}""";

    [Theory]
    [InlineData("{}", Track, null)]
    [InlineData("{}", Anonymous, null)]
    [InlineData("""{"identify": false}""", Identify, "identify")]
    [InlineData("""{"identify": false}""", Track, null)]
    [InlineData("""{"pages": false}""", Page, "pages")]
    [InlineData("""{"pages": false}""", Screen, null)]
    [InlineData("""{"screens": false}""", Screen, "screens")]
    [InlineData("""{"groups": false}""", Group, "groups")]
    [InlineData("{}", Group, null)]
    [InlineData("""{"groups": false}""", Track, null)]
    [InlineData("{}", Alias, "aliases")]
    [InlineData("""{"aliases": false}""", Alias, "aliases")]
    [InlineData("""{"aliases": true}""", Alias, null)]
    [InlineData("""{"sources": {"server": false}}""", Group, "sources.server")]
    [InlineData("""{"aliases": true, "sources": {"server": false}}""", Alias, "sources.server")]
    [InlineData("""{"anonymous": false}""", Anonymous, "anonymous")]
    [InlineData("""{"anonymous": false}""", Track, null)]
    [InlineData("""{"anonymous": false}""", """{"type": "track", "event": "x", "anonymousId": "d1", "context": {"traits": {"email": "a@b.co"}}}""", null)]
    [InlineData("""{"events": {"enabled": ["Order Completed"]}}""", Track, null)]
    [InlineData("""{"events": {"enabled": ["Order *"]}}""", Track, null)]
    [InlineData("""{"events": {"enabled": ["order completed"]}}""", Track, "events.enabled")]
    [InlineData("""{"events": {"enabled": []}}""", Track, "events.enabled")]
    [InlineData("""{"events": {"enabled": []}}""", Page, null)]
    [InlineData("""{"events": {"disabled": ["Order  Completed"]}}""", Track, "events.disabled")]
    [InlineData("""{"events": {"disabled": ["Order *"], "enabled": ["*"]}}""", Track, "events.disabled")]
    [InlineData("""{"events": {"disabled": ["Order"]}}""", Track, null)]
    [InlineData("""{"events": {"disabled": ["*"]}}""", Screen, null)]
    [InlineData("""{"events": {"enabled": []}}""", Identify, null)]
    [InlineData("""{"sources": {"server": false}}""", Track, "sources.server")]
    [InlineData("""{"sources": {"web": false}}""", Track, null)]
    [InlineData("""{"sources": {"web": false}}""", """{"type": "track", "event": "x", "userId": "u1", "context": {"library": {"name": "freshpaint.js"}}}""", "sources.web")]
    [InlineData("""{"sources": {"mobile": false}}""", """{"type": "track", "event": "x", "userId": "u1", "channel": "mobile"}""", "sources.mobile")]
    [InlineData("""{"sources": {"mobile": false}}""", """{"type": "track", "event": "x", "userId": "u1", "context": {"library": {"name": "Freshpaint-iOS"}}}""", "sources.mobile")]
    [InlineData("""{"sources": {"mobile": false}}""", """{"type": "track", "event": "x", "userId": "u1", "context": {"library": {"name": "freshpaint-react-native"}}}""", "sources.mobile")]
    public void An_event_that_is_not_enabled_is_skipped_and_told_by_its_rule(string rules, string item, string? rule)
    {
        PreviewItem preview = RulesRig.Preview(rules, item);

        preview.Rule.ShouldBe(rule);
        preview.Reason.ShouldBe(rule is null ? null : "not_enabled");
        preview.Requests.Count.ShouldBe(rule is null ? 1 : 0);
    }

    [Fact]
    public void The_incoming_name_counts_not_the_one_it_is_renamed_to() =>
        RulesRig.Preview(
            """{"events": {"enabled": ["Purchase"]}, "transformations": [{"operation": "renameEvent", "on": ["Purchase"], "to": "Bought"}]}""",
            """{"type": "track", "event": "Purchase", "userId": "u1"}""").Outcome.ShouldBe("deliver");

    [Fact]
    public void An_identify_carries_no_anonymous_id_when_anonymous_events_are_off()
    {
        RulesRig.Body("{}", Identify).ContainsKey("anonymous_id").ShouldBeTrue();
        RulesRig.Body("""{"anonymous": false}""", Identify).ContainsKey("anonymous_id").ShouldBeFalse();
    }

    [Fact]
    public void An_event_that_a_rule_makes_anonymous_is_not_sent_when_anonymous_events_are_off() =>
        RulesRig.Preview(
            """{"anonymous": false, "transformations": [{"operation": "deleteProperty", "on": "users", "property": "email"}]}""",
            """{"type": "track", "event": "x", "anonymousId": "d1", "context": {"traits": {"email": "a@b.co"}}}""").Rule.ShouldBe("anonymous");

    [Fact]
    public void Message_overrides_pass_only_when_allowed()
    {
        const string Item = """{"type": "track", "event": "x", "userId": "u1", "properties": {"recipient": "a@b.co"} }""";
        RulesRig.Body("{}", Item)["data"]!.ToJsonString().ShouldBe("{}");
        RulesRig.Body("""{"allowMessageOverrides": true}""", Item)["data"]!.ToJsonString().ShouldBe("""{"recipient":"a@b.co"}""");
    }
}
