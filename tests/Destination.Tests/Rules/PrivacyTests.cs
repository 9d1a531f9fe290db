using System.Text;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Rules;

public sealed class PrivacyTests
{
    private const string Allow = """{"privacy": {"allow": {"events": {"Order *": ["total"], "*": ["plan"], "$page": ["url"]}, "traits": ["plan"]}}}""";

    [Fact]
    public void Only_the_properties_named_for_the_event_leave() =>
        Data(Allow, "Order Completed", """{"total": 5, "plan": "pro", "diagnosis": "x"}""").ShouldBe("""{"total":5,"plan":"pro"}""");

    [Fact]
    public void An_event_that_is_not_named_leaves_with_what_all_events_may_tell() =>
        Data(Allow, "Visited", """{"total": 5, "plan": "pro"}""").ShouldBe("""{"plan":"pro"}""");

    [Fact]
    public void An_event_that_is_not_named_leaves_with_empty_data() =>
        Data("""{"privacy": {"allow": {}}}""", "Visited", """{"total": 5}""").ShouldBe("{}");

    [Fact]
    public void Names_count_as_the_transformations_left_them() =>
        Data(
            """
            {"transformations": [
               {"operation": "renameEvent", "on": ["Bought"], "to": "Order Completed"},
               {"operation": "renameProperty", "on": "events", "property": "sum", "to": "total"},
               {"operation": "sendConstantProperty", "on": "events", "property": "made", "value": 1}],
             "privacy": {"allow": {"events": {"Order Completed": ["total"]}}}}
            """,
            "Bought",
            """{"sum": 5}""").ShouldBe("""{"total":5}""");

    [Fact]
    public void A_built_in_property_leaves_when_named() =>
        Data("""{"privacy": {"allow": {"events": {"*": ["$ip"]}}}}""", "x", """{"$ip": "10.0.0.1", "$os": "x", "n": 1}""").ShouldBe("""{"$ip":"10.0.0.1"}""");

    [Fact]
    public void Properties_that_privacy_leaves_out_are_told_by_number_and_name()
    {
        MappingWarning warning = RulesRig.Preview(Allow, Track("x", """{"a": "SECRET", "b": "SECRET", "plan": 1}""")).Warnings.ShouldHaveSingleItem();
        warning.Code.ShouldBe("privacy_dropped");
        warning.Message.ShouldBe("2 are not in privacy.allow and were left out: properties.a, properties.b");
    }

    [Theory]
    [InlineData(10, "properties.a9")]
    [InlineData(11, "properties.a9, …")]
    public void Of_many_that_privacy_leaves_out_ten_are_named(int count, string end) =>
        RulesRig.Preview(Allow, Track("x", "{" + string.Join(", ", Enumerable.Range(0, count).Select(i => $"\"a{i}\": 1")) + "}"))
            .Warnings.ShouldHaveSingleItem().Message.ShouldEndWith(end);

    [Fact]
    public void A_built_in_that_is_allowed_and_not_there_adds_nothing() =>
        Data("""{"privacy": {"allow": {"events": {"*": ["$ip", "plan"]}}}}""", "x", """{"plan": "pro"}""").ShouldBe("""{"plan":"pro"}""");

    [Fact]
    public void A_built_in_that_a_rule_sends_already_is_sent_as_the_rule_left_it() =>
        Data(
            """
            {"transformations": [{"operation": "sendConstantProperty", "on": "events", "property": "$ip", "value": "hidden"}],
             "privacy": {"allow": {"events": {"*": ["$ip"]}}}}
            """,
            "x",
            """{"$ip": "10.0.0.1"}""").ShouldBe("""{"$ip":"hidden"}""");

    [Fact]
    public void Nothing_is_told_when_nothing_was_left_out() => RulesRig.Preview(Allow, Track("x", """{"plan": 1}""")).Warnings.ShouldBeEmpty();

    [Fact]
    public void An_email_names_the_person_but_is_no_attribute_unless_allowed()
    {
        const string Identify = """{"type": "identify", "traits": {"email": "ada@example.com", "plan": "pro"} }""";
        PreviewRequest request = RulesRig.Preview(Allow, Identify).Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/api/v1/customers/ada%40example.com");
        Encoding.UTF8.GetString(request.Body.Span).ShouldNotContain("ada@");

        RulesRig.Body("""{"privacy": {"allow": {"traits": ["email"]}}}""", Identify)["email"]!.GetValue<string>().ShouldBe("ada@example.com");
    }

    [Fact]
    public void An_email_told_elsewhere_is_no_attribute_either() =>
        RulesRig.Body(Allow, """{"type": "identify", "userId": "u1", "properties": {"email": "ada@example.com"}, "traits": {} }""").ContainsKey("email").ShouldBeFalse();

    [Fact]
    public void The_email_of_an_events_properties_names_the_person_where_the_settings_say_so()
    {
        var settings = new DestinationSettings { Mapping = new MappingSettings { EmailFromProperties = true } };
        PreviewRequest request = RulesRig.Preview(Allow, """{"type": "track", "event": "x", "properties": {"email": "ada@example.com"} }""", settings).Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/api/v1/customers/ada%40example.com/events");
        Encoding.UTF8.GetString(request.Body.Span).ShouldNotContain("ada@");
    }

    [Fact]
    public void An_opt_out_always_leaves()
    {
        string body = RulesRig.Body(
            Allow,
            """{"type": "identify", "userId": "u1", "traits": {"unsubscribed": true, "cio_subscription_preferences": {"topics": {"topic_1": false} }, "cio_subscription_preferences.topics.topic_2": false, "name": "x"} }""").ToJsonString();
        body.ShouldContain("\"unsubscribed\":true");
        body.ShouldContain("\"topic_1\":false");
        body.ShouldContain("\"cio_subscription_preferences.topics.topic_2\":false");
        body.ShouldNotContain("name");
    }

    [Fact]
    public void User_id_and_device_id_always_leave()
    {
        PreviewRequest request = RulesRig.Preview("""{"privacy": {"allow": {}}}""", """{"type": "identify", "userId": "u1", "anonymousId": "d1", "traits": {"id": "other", "anonymous_id": "other"} }""").Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/api/v1/customers/u1");
        Encoding.UTF8.GetString(request.Body.Span).ShouldContain("\"anonymous_id\":\"d1\"");
        Encoding.UTF8.GetString(request.Body.Span).ShouldNotContain("other");
    }

    [Theory]
    [InlineData("""{"type": "page", "userId": "u1", "name": "Home", "context": {"page": {"url": "https://a.example/", "path": "/"} } }""")]
    [InlineData("""{"type": "page", "userId": "u1", "name": "Home"}""")]
    [InlineData("""{"type": "screen", "userId": "u1", "name": "Home"}""")]
    [InlineData("""{"type": "screen", "userId": "u1", "properties": {"$screen_name": "Home"} }""")]
    [InlineData("""{"type": "screen", "userId": "u1", "name": "Home", "properties": {"firebase_screen": "Home", "$screen_name": "Home"} }""")]
    public void A_view_that_nothing_allowed_names_is_skipped(string item)
    {
        PreviewItem preview = RulesRig.Preview("""{"privacy": {"allow": {}}}""", item);
        preview.Reason.ShouldBe("filtered");
        preview.Rule.ShouldBe("privacy.allow");
    }

    [Fact]
    public void A_page_is_named_by_what_is_allowed() =>
        RulesRig.Body("""{"privacy": {"allow": {"events": {"$page": ["path"]}}}}""", """{"type": "page", "userId": "u1", "context": {"page": {"url": "https://a.example/x?y=1", "path": "/x"} } }""").ToJsonString()
            .ShouldContain("\"name\":\"/x\"");

    // Every place a sender can put data in, marked; whatever comes out of ingest and mapping is searched for the mark.
    [Theory]
    [InlineData("identify")]
    [InlineData("track")]
    [InlineData("page")]
    [InlineData("screen")]
    [InlineData("$identify")]
    [InlineData("$page")]
    [InlineData("Visited")]
    public void A_value_that_is_not_allowed_shows_up_nowhere(string kind)
    {
        const string Mark = "MARKED";
        string many = string.Join(',', Enumerable.Range(0, 40).Select(i => $"\"p{i}\": {{\"deep\": [\"{Mark}\", {{\"x\": \"{new string('y', 1_500)}{Mark}\"}}]}}"));
        string properties = $$"""{"distinct_id": "u1", "$ip": "{{Mark}}", "url": "https://a.example/{{Mark}}", "title": "{{Mark}}", "name": "{{Mark}}", "recipient": "{{Mark}}", "$user_props": {"city": "{{Mark}}"}, {{many}} }""";
        string item = kind is "identify" or "track" or "page" or "screen"
            ? $$"""{"type": "{{kind}}", "event": "Visited", "name": "{{Mark}}", "userId": "u1", "traits": {"bio": "{{Mark}}", "createdAt": "{{Mark}}", "_x": "{{Mark}}", {{many}}}, "properties": {{properties}}, "context": {"page": {"url": "https://a.example/{{Mark}}", "referrer": "{{Mark}}"}, "traits": {"x": "{{Mark}}"}, "ip": "{{Mark}}"} }"""
            : $$"""{"event": "{{kind}}", "properties": {{properties}} }""";

        string all = AllOutput(item);

        all.ShouldNotContain(Mark);
        all.ShouldNotBeEmpty();
    }

    private static string AllOutput(string item)
    {
        var settings = new DestinationSettings();
        DestinationRules rules = RuleTexts.Valid("""{"privacy": {"allow": {"events": {"*": ["plan"]}, "traits": ["plan"]}}}""");
        var envelope = new EventEnvelope
        {
            EventId = "01GND9GMEG5FP4QMV024GYARTP",
            Kind = EventKind.Track,
            QueuedAt = DateTimeOffset.UnixEpoch,
            ReceivedAt = DateTimeOffset.UnixEpoch,
            Partition = new Partition(Lane.Live, 0),
            Body = Encoding.UTF8.GetBytes(item),
        };
        using var scope = EventScope.Rent();
        MappingResult result = new EnvelopeMapper(settings.Mapping, settings.Limits, RulesSource.Of(rules)).Map(envelope, scope);
        string requests = result is MappingResult.Mapped mapped
            ? string.Concat(mapped.Operations.Select(operation => SingleRequest.Write(operation, scope.Output)).Select(request => request.Path + Encoding.UTF8.GetString(request.Body.Span)))
                + string.Concat(mapped.Warnings)
            : "";
        return result + requests + (result is MappingResult.Invalid invalid ? string.Concat(invalid.Problems) : "");
    }

    private static string Track(string name, string properties) => $$"""{"type": "track", "event": "{{name}}", "userId": "u1", "properties": {{properties}} }""";

    private static string Data(string rules, string name, string properties) => RulesRig.Body(rules, Track(name, properties))["data"]!.ToJsonString();
}
