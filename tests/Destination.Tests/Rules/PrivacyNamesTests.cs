using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

/// <summary>Names in <c>privacy.allow</c> that no event can have: what their author meant to send is left out without a word.</summary>
public sealed class PrivacyNamesTests
{
    private const string Rename = """{"operation": "renameEvent", "on": ["Purchase"], "to": "Order Completed"}""";

    [Theory]
    [InlineData(Rename, """{"events": {"Purchase": ["total"]}}""", "privacy.allow.events.Purchase", "\"Purchase\" is sent as \"Order Completed\" because of transformations[0]; that name belongs here")]
    [InlineData("", """{"events": {"$pages": ["url"]}}""", "privacy.allow.events.$pages", "\"$pages\" is no event; did you mean \"$page\"?")]
    [InlineData("""{"operation": "renameProperty", "on": "events", "property": "cart_total", "to": "revenue"}""", """{"events": {"*": ["cart_total"]}}""", "privacy.allow.events[\"*\"][0]", "\"cart_total\" is called \"revenue\" after transformations[0]; that name belongs here")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": ["a", "ssn"]}""", """{"events": {"Signed Up": ["plan", "ssn"]}}""", "privacy.allow.events[\"Signed Up\"][1]", "\"ssn\" is gone after transformations[0]")]
    [InlineData("""{"operation": "renameProperty", "on": "users", "property": "mail", "to": "email"}""", """{"traits": ["mail"]}""", "privacy.allow.traits[0]", "\"mail\" is called \"email\" after transformations[0]")]
    [InlineData("""{"operation": "renameEvent", "on": ["Purchase"], "to": "Bought"}, {"operation": "renameProperty", "on": ["Purchase", "Bought"], "property": "sum", "to": "total"}""", """{"events": {"Bought": ["sum"]}}""", "privacy.allow.events.Bought[0]", "\"sum\" is called \"total\" after transformations[1]")]
    public void A_name_that_the_transformations_take_away_is_refused(string transformations, string allow, string path, string message) =>
        ShouldHave($$$"""{"transformations": [{{{transformations}}}], "privacy": {"allow": {{{allow}}}}}""", path, message);

    [Theory]
    [InlineData(""" "events": {"enabled": ["Appointment Booked"]} """, "Appointmnt Booked", "\"Appointmnt Booked\" is not sent because of events.enabled; did you mean \"Appointment Booked\"?")]
    [InlineData(""" "events": {"enabled": ["Order *"]} """, "Appointment *", "\"Appointment *\" is not sent because of events.enabled")]
    [InlineData(""" "pages": false """, "$page", "\"$page\" is not sent because of \"pages\": false")]
    [InlineData(""" "screens": false """, "$screen", "\"$screen\" is not sent because of \"screens\": false")]
    public void An_event_that_is_not_sent_is_refused(string rules, string name, string message) =>
        ShouldHave($$$"""{ {{{rules}}}, "privacy": {"allow": {"events": {"{{{name}}}": ["a"]} } } }""", name[0] == '$' ? $"privacy.allow.events.{name}" : $"privacy.allow.events[\"{name}\"]", message);

    [Theory]
    [InlineData(Rename, """{"events": {"Order Completed": ["total"]}}""")]
    [InlineData(Rename + """, {"operation": "renameEvent", "on": ["Old"], "to": "Purchase"}""", """{"events": {"Purchase": ["total"]}}""")]
    [InlineData("""{"operation": "renameEvent", "on": ["Purchase"], "to": "Bought", "when": {"source": "web"}}""", """{"events": {"Purchase": ["total"]}}""")]
    [InlineData("""{"operation": "renameProperty", "on": ["Purchase"], "property": "sum", "to": "total"}""", """{"events": {"*": ["sum"], "Bought": ["sum"]}}""")]
    [InlineData("""{"operation": "deleteProperty", "on": "events", "property": "a"}, {"operation": "sendConstantProperty", "on": ["Bought"], "property": "a", "value": 1}""", """{"events": {"*": ["a"]}}""")]
    [InlineData("""{"operation": "renameProperty", "on": "all", "property": "a", "to": "a.b"}""", """{"events": {"*": ["a"]}}""")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": ["a.b", "$browser"]}""", """{"events": {"*": ["a", "$browser"]}}""")]
    [InlineData("""{"operation": "deleteProperty", "on": "all", "property": "a", "when": {"source": "web"}}""", """{"events": {"*": ["a"]}, "traits": ["a"]}""")]
    [InlineData("""{"operation": "deleteProperty", "on": "events", "property": "a"}""", """{"traits": ["a"]}""")]
    [InlineData("", """{"events": {"$*": ["url"], "*": ["a"]}, "traits": ["unsubscribed", "cio_subscription_preferences.topics.topic_1"]}""")]
    public void A_name_that_an_event_can_have_is_good(string transformations, string allow) =>
        Warnings($$$"""{"transformations": [{{{transformations}}}], "privacy": {"allow": {{{allow}}}}}""").ShouldBeEmpty();

    [Fact]
    public void An_event_that_is_sent_by_another_name_than_it_came_with_is_good() =>
        Warnings("""{"events": {"enabled": ["Purchase"]}, "transformations": [{"operation": "renameEvent", "on": ["Purchase"], "to": "Bought"}], "privacy": {"allow": {"events": {"Bought": ["a"], "B*": ["b"]}}}}""").ShouldBeEmpty();

    [Theory]
    [InlineData("""{"traits": ["Email"]}""", "privacy.allow.traits[0]", "\"Email\" is another name than \"email\": upper and lower case differ")]
    [InlineData("""{"events": {"*": ["Total"]}}""", "privacy.allow.events[\"*\"][0]", "\"Total\" is another name than \"total\": upper and lower case differ")]
    [InlineData("""{"events": {"*": ["cart.total"]}}""", "privacy.allow.events[\"*\"][0]", "\"cart.total\" is not a path here: only a property of that whole name is meant")]
    [InlineData("""{"traits": ["address*"]}""", "privacy.allow.traits[0]", "\"address*\" is no pattern here: only a property of that whole name is meant")]
    public void A_name_that_may_be_meant_is_only_a_warning(string allow, string path, string message)
    {
        Problem warning = Warnings($$$"""{"transformations": [{"operation": "changePropertyType", "on": "events", "property": "total", "type": "number"}], "privacy": {"allow": {{{allow}}}}}""").ShouldHaveSingleItem();
        warning.Where.ShouldBe(path);
        warning.Message.ShouldContain(message, Case.Sensitive);
    }

    [Fact]
    public void Both_spellings_of_a_name_are_meant() => Warnings("""{"privacy": {"allow": {"traits": ["email", "Email"]}}}""").ShouldBeEmpty();

    private static IReadOnlyList<Problem> Warnings(string text)
    {
        RuleTexts.Valid(text);
        return RulesFile.Load(text, null).ShouldBeOfType<Checked<DestinationRules>.Valid>().Warnings;
    }

    private static void ShouldHave(string text, string path, string message)
    {
        Problem problem = RuleTexts.Problems(text).ShouldHaveSingleItem();
        problem.Where.ShouldBe(path);
        problem.Message.ShouldContain(message, Case.Sensitive);
    }
}
