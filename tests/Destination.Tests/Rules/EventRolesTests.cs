using CustomerIoDestination.Preview;
using CustomerIoDestination.Tests.Support;

namespace CustomerIoDestination.Tests.Rules;

/// <summary>Events to which the rules give a meaning of their own, and the mistakes in naming them.</summary>
public sealed class EventRolesTests
{
    private const string Deleted = """{"type": "track", "event": "User Deleted", "userId": "u1"}""";

    [Theory]
    [InlineData("""{"lifecycle": {"delete": ["User *"]}}""", "lifecycle.delete[0]", "is a pattern")]
    [InlineData("""{"lifecycle": {"delete": ["$identify"]}}""", "lifecycle.delete[0]", "is no track")]
    [InlineData("""{"lifecycle": {"delete": ["User Deleted"], "suppress": ["Other", " User  Deleted"]}}""", "lifecycle.suppress[1]", "is in lifecycle.delete[0] already")]
    [InlineData("""{"lifecycle": {"delete": ["Account Closed"]}, "objects": {"delete": ["Account Closed"]}}""", "objects.delete[0]", "is in lifecycle.delete[0] already")]
    [InlineData("""{"lifecycle": {"delete": ["User Deleted"]}, "events": {"enabled": ["Order *"]}}""", "lifecycle.delete[0]", "is not sent because of events.enabled")]
    [InlineData("""{"lifecycle": {"delete": ["User Deleted"]}, "events": {"disabled": ["User *"]}}""", "lifecycle.delete[0]", "is not sent because of events.disabled")]
    [InlineData("""{"lifecycle": {"sources": ["tv"]}}""", "lifecycle.sources[0]", "is none of web, mobile, server")]
    [InlineData("""{"lifecycle": {"sources": []}}""", "lifecycle.sources", "at least one")]
    [InlineData("""{"lifecycle": {"erase": []}}""", "lifecycle.erase", "is unknown")]
    [InlineData("""{"devices": "usual"}""", "devices", "true, false or an object was expected")]
    [InlineData("""{"devices": true, "events": {"enabled": ["Order *"]}}""", "devices", "has no effect")]
    [InlineData("""{"devices": {"add": ["App *"]}}""", "devices.add[0]", "is a pattern")]
    [InlineData("""{"objects": ["Account Closed"]}""", "objects", "an object was expected")]
    public void A_mistake_is_refused_with_its_place(string rules, string path, string message)
    {
        var problem = RuleTexts.Problems(rules).ShouldHaveSingleItem();

        problem.Where.ShouldBe(path);
        problem.Message.ShouldContain(message);
    }

    [Fact]
    public void Of_the_usual_device_events_those_count_that_are_enabled()
    {
        const string Rules = """{"devices": true, "events": {"enabled": ["Application Opened"]}}""";

        RulesRig.Preview(Rules, Opened("Application Opened")).Requests.Count.ShouldBe(2);
        RulesRig.Preview(Rules, Opened("Application Installed")).Rule.ShouldBe("events.enabled");
    }

    [Theory]
    [InlineData("""{"lifecycle": {"delete": ["User Deleted"], "sources": "server"}}""", Deleted, "DELETE")]
    [InlineData("""{"lifecycle": {"delete": ["User Deleted"], "sources": ["web", "mobile"]}}""", Deleted, "POST")]
    [InlineData("""{"lifecycle": {"delete": ["User Deleted"]}, "events": {"enabled": ["User *"]}}""", Deleted, "DELETE")]
    [InlineData("""{"lifecycle": {"delete": ["user deleted"]}}""", Deleted, "POST")]
    [InlineData("""{"devices": false}""", Deleted, "POST")]
    public void A_name_counts_whole_and_as_it_is_written(string rules, string item, string method) =>
        RulesRig.Preview(rules, item).Requests.ShouldHaveSingleItem().Method.ShouldBe(method);

    [Fact]
    public void An_event_that_a_rule_drops_deletes_nobody()
    {
        PreviewItem preview = RulesRig.Preview(
            """{"lifecycle": {"delete": ["User Deleted"]}, "transformations": [{"operation": "dropEvent", "on": ["User Deleted"], "when": {"property": "test", "equals": true}}]}""",
            """{"type": "track", "event": "User Deleted", "userId": "u1", "properties": {"test": true}}""");

        preview.Reason.ShouldBe("filtered");
    }

    private static string Opened(string name) => $$"""{"type": "track", "event": "{{name}}", "userId": "u1", "context": {"device": {"token": "t", "type": "ios"} } }""";
}
