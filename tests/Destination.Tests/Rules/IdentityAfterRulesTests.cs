using System.Text;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

public sealed class IdentityAfterRulesTests
{
    private const string LowercaseEmail = """{"transformations": [{"operation": "lowercase", "on": "users", "property": "email"}]}""";
    private const string NoEmail = """{"transformations": [{"operation": "deleteProperty", "on": "users", "property": "email"}]}""";
    private static readonly DestinationSettings ByEmail = new() { Mapping = new MappingSettings { PersonIdentifier = PersonIdentifierChoice.Email } };

    [Theory]
    [InlineData("""{"type": "identify", "traits": {"email": "Ada@Example.com"} }""")]
    [InlineData("""{"type": "identify", "userId": "u1", "properties": {"email": "Ada@Example.com"} }""")]
    [InlineData("""{"type": "identify", "traits": {"distinct_id": "Ada@Example.com", "userId": "x"}, "userId": "u1" }""")]
    [InlineData("""{"event": "$identify", "properties": {"distinct_id": "u1", "email": "Ada@Example.com"} }""")]
    [InlineData("""{"event": "$identify", "properties": {"distinct_id": "u1", "$user_props": {"email": "Ada@Example.com"} } }""")]
    [InlineData("""{"type": "track", "event": "x", "context": {"traits": {"email": "Ada@Example.com"} } }""")]
    [InlineData("""{"type": "track", "event": "x", "properties": {"$user_props": {"email": "Ada@Example.com"} } }""")]
    public void Identify_and_events_lead_to_the_person_the_rules_say(string item) =>
        Path(LowercaseEmail, item).ShouldStartWith("/api/v1/customers/ada%40example.com");

    [Theory]
    [InlineData("""{"type": "track", "event": "x", "userId": "id@a.co", "properties": {"email": "props@a.co", "$user_props": {"email": "user@a.co"} }, "context": {"traits": {"email": "ctx@a.co"} } }""", "user%40a.co")]
    [InlineData("""{"type": "track", "event": "x", "userId": "id@a.co", "properties": {"email": "props@a.co"}, "context": {"traits": {"email": "ctx@a.co"} } }""", "ctx%40a.co")]
    [InlineData("""{"type": "page", "userId": "id@a.co", "properties": {"url": "https://a.co/", "email": "props@a.co"} }""", "props%40a.co")]
    [InlineData("""{"type": "track", "event": "x", "userId": "id@a.co"}""", "id%40a.co")]
    [InlineData("""{"type": "identify", "userId": "id@a.co", "traits": {"email": "own@a.co"}, "properties": {"email": "props@a.co", "$user_props": {"email": "user@a.co"} } }""", "own%40a.co")]
    [InlineData("""{"type": "identify", "userId": "id@a.co", "traits": {"plan": "pro"}, "properties": {"email": "props@a.co", "$user_props": {"email": "user@a.co"} } }""", "user%40a.co")]
    [InlineData("""{"type": "identify", "userId": "id@a.co", "traits": {"plan": "pro"}, "properties": {"email": "props@a.co"}, "context": {"traits": {"email": "ctx@a.co"} } }""", "props%40a.co")]
    [InlineData("""{"type": "identify", "userId": "id@a.co", "traits": {"plan": "pro"} }""", "id%40a.co")]
    public void Of_several_emails_the_same_one_names_the_person_with_and_without_rules(string item, string person)
    {
        DestinationSettings settings = new() { Mapping = new MappingSettings { PersonIdentifier = PersonIdentifierChoice.Email, EmailFromProperties = true } };
        foreach (string rules in (string[])["{}", LowercaseEmail])
        {
            RulesRig.Preview(rules, item, settings).Requests[0].Path.ShouldStartWith($"/api/v1/customers/{person}");
        }
    }

    [Fact]
    public void Without_the_setting_an_email_among_the_properties_names_nobody_with_and_without_rules()
    {
        foreach (string rules in (string[])["{}", LowercaseEmail])
        {
            Path(rules, """{"type": "track", "event": "x", "userId": "u1", "properties": {"email": "props@a.co"} }""").ShouldBe("/api/v1/customers/u1/events");
        }
    }

    [Fact]
    public void A_condition_on_the_person_counts_for_events_too()
    {
        const string Rules = """{"transformations": [{"operation": "deleteProperty", "on": "users", "property": "email", "when": {"property": "staff", "equals": true}}]}""";
        Path(Rules, """{"type": "track", "event": "x", "userId": "u1", "context": {"traits": {"email": "a@b.co", "staff": true} } }""").ShouldBe("/api/v1/customers/u1/events");
        Path(Rules, """{"type": "track", "event": "x", "userId": "u1", "context": {"traits": {"email": "a@b.co"} } }""").ShouldBe("/api/v1/customers/a%40b.co/events");
    }

    [Theory]
    [InlineData("""{"type": "identify", "userId": "u1", "traits": {"email": "a@b.co"}, "properties": {"email": "a@b.co", "$user_props": {"email": "a@b.co"} } }""")]
    [InlineData("""{"event": "$identify", "properties": {"distinct_id": "u1", "email": "a@b.co", "$user_props": {"email": "a@b.co"} } }""")]
    [InlineData("""{"type": "track", "event": "x", "userId": "u1", "context": {"traits": {"email": "a@b.co"} } }""")]
    public void An_email_that_a_rule_takes_away_does_not_come_back(string item)
    {
        PreviewRequest request = RulesRig.Preview(NoEmail, item, ByEmail).Requests.ShouldHaveSingleItem();
        (request.Path + Encoding.UTF8.GetString(request.Body.Span)).ShouldNotContain("b.co");
    }

    [Fact]
    public void A_property_renamed_to_email_names_the_person() =>
        Path("""{"transformations": [{"operation": "renameProperty", "on": "users", "property": "Mail", "to": "email"}]}""", """{"type": "identify", "userId": "u1", "traits": {"Mail": "a@b.co"} }""")
            .ShouldBe("/api/v1/customers/a%40b.co");

    [Fact]
    public void A_hashed_email_names_nobody() =>
        Path("""{"transformations": [{"operation": "hashProperty", "on": "users", "property": "email", "algorithm": "sha256"}]}""", """{"type": "identify", "userId": "u1", "traits": {"email": "a@b.co"} }""")
            .ShouldBe("/api/v1/customers/u1");

    [Fact]
    public void A_page_that_lost_all_its_names_is_filtered() =>
        RulesRig.Preview(
            """{"transformations": [{"operation": "deleteProperty", "on": ["$page"], "property": ["url", "path", "name"]}]}""",
            """{"type": "page", "userId": "u1", "name": "Home", "context": {"page": {"url": "https://a.example/", "path": "/"} } }""").Reason.ShouldBe("filtered");

    [Fact]
    public void A_page_without_any_name_is_still_invalid() =>
        RulesRig.Preview(
            """{"transformations": [{"operation": "sendConstantProperty", "on": ["$page"], "property": "x", "value": 1}]}""",
            """{"type": "page", "userId": "u1"}""").Reason.ShouldBe("invalid_event");

    [Fact]
    public void A_stripped_url_names_the_page_and_is_its_data()
    {
        string body = RulesRig.Body(
            """{"transformations": [{"operation": "stripQuery", "on": ["$page"]}]}""",
            """{"type": "page", "userId": "u1", "context": {"page": {"url": "https://a.example/x?id=7", "search": "?id=7", "referrer": "https://b.example/?q=rash", "path": "/x"} } }""").ToJsonString();
        body.ShouldContain("\"name\":\"https://a.example/x\"");
        body.ShouldContain("\"url\":\"https://a.example/x\"");
        body.ShouldNotContain("id=7");
        body.ShouldNotContain("rash");
    }

    [Theory]
    [InlineData("name", "Menu")]
    [InlineData("$screen_name", "Home")]
    public void A_screens_own_name_obeys_the_rules_like_a_property(string property, string expected) =>
        RulesRig.Body(
            $$"""{"transformations": [{"operation": "deleteProperty", "on": ["$screen"], "property": "{{property}}"}]}""",
            """{"type": "screen", "userId": "u1", "name": "Home", "properties": {"$screen_name": "Menu"} }""")["name"]!.GetValue<string>().ShouldBe(expected);

    private static string Path(string rules, string item) => RulesRig.Preview(rules, item, ByEmail).Requests.ShouldHaveSingleItem().Path;
}
