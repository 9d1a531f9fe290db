using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>What became of events, as a list and event by event.</summary>
public abstract class DeliveriesContract(HostUnderTest host) : ApiSuite(host)
{
    [SuiteFact]
    public async Task Deliveries_come_newest_first_page_by_page()
    {
        var person = new Person();
        string[] sent = await SendAsync([.. Enumerable.Range(0, 5).Select(number => person.Track($"Step {number}"))]);
        await StoryAsync(sent[^1], "delivered");

        List<JsonNode> lines = await ListAsync(
            "/api/deliveries", limit: 2, enough: items => items.Exists(line => line["eventId"]!.GetValue<string>() == sent[0]));
        lines.RemoveAll(line => !sent.Contains(line["eventId"]!.GetValue<string>()));

        lines.Select(line => line["eventId"]!.GetValue<string>()).ShouldBe(sent.Reverse());
        lines.Select(line => line["at"].ShouldBeTime()).ShouldBeInOrder(SortDirection.Descending);
    }

    [SuiteFact]
    public async Task A_delivery_is_told_whole()
    {
        string id = (await SendAsync(new Person().Page()))[0];
        await StoryAsync(id, "delivered");

        JsonNode line = (await ListAsync("/api/deliveries?outcome=delivered&kind=page", limit: 1000)).Single(line => line["eventId"]!.GetValue<string>() == id);

        line.ShouldHaveMembers("at", "eventId", "kind", "lane", "outcome", "reason", "attempts", "httpStatus", "durationMs");
        line["at"].ShouldBeTime();
        line["durationMs"].ShouldBeCount();
        line["kind"]!.GetValue<string>().ShouldBe("page");
        line["lane"]!.GetValue<string>().ShouldBe("live");
        line["outcome"]!.GetValue<string>().ShouldBe("delivered");
        line["reason"].ShouldBeNull();
        line["attempts"]!.GetValue<int>().ShouldBe(1);
        line["httpStatus"]!.GetValue<int>().ShouldBe(200);
    }

    [SuiteFact]
    public async Task Deliveries_are_filtered_by_outcome_and_kind()
    {
        var person = new Person();
        string[] sent = await SendAsync(person.Track("Delivered"), person.IdentifyOverLimit(), person.Page());
        await StoryAsync(sent[^1], "delivered");

        (await FoundAsync("outcome=delivered")).ShouldBe([sent[2], sent[0]]);
        (await FoundAsync("outcome=deadLettered")).ShouldBe([sent[1]]);
        (await FoundAsync("kind=page")).ShouldBe([sent[2]]);
        (await FoundAsync("outcome=deadLettered&kind=identify")).ShouldBe([sent[1]]);
        (await FoundAsync("outcome=released")).ShouldBeEmpty();

        async Task<IEnumerable<string>> FoundAsync(string filter) =>
            (await ListAsync($"/api/deliveries?{filter}", limit: 1000)).Select(line => line["eventId"]!.GetValue<string>()).Where(sent.Contains);
    }

    [SuiteFact]
    public async Task An_event_that_is_skipped_on_arrival_is_listed_among_the_deliveries()
    {
        JsonObject alias = new Person().Identify([]);
        alias["type"] = "alias";
        string id = (await Api.PostAsync("/api/preview", alias.ToJsonString())).ShouldBeJson()[0]!["eventId"]!.GetValue<string>();
        (await Api.IngestAsync(alias.ToJsonString())).ShouldBeJson(202);

        JsonNode step = (await StoryAsync(id, "skipped"))["steps"]!.AsArray().ShouldHaveSingleItem()!;

        step["step"]!.GetValue<string>().ShouldBe("ingest");
        step["reason"]!.GetValue<string>().ShouldBe("not_enabled");
        (await ListAsync("/api/deliveries?outcome=skipped", limit: 1000)).ShouldContain(line => line["eventId"]!.GetValue<string>() == id);
    }

    [SuiteFact]
    public async Task The_story_of_a_delivered_event_begins_when_it_is_accepted()
    {
        string id = (await SendAsync(new Person().Track("Told")))[0];

        JsonNode story = await StoryAsync(id, "delivered");

        story.ShouldHaveMembers("eventId", "kind", "steps");
        story["eventId"]!.GetValue<string>().ShouldBe(id);
        story["kind"]!.GetValue<string>().ShouldBe("track");
        JsonArray steps = story["steps"]!.AsArray();
        steps.Select(step => step!["step"]!.GetValue<string>()).ShouldBe(["accepted", "queued", "delivery"]);
        steps.Select(step => step!["at"].ShouldBeTime()).ShouldBeInOrder();
        foreach (JsonNode? step in steps)
        {
            step!.ShouldHaveMembers("at", "step", "outcome", "reason", "httpStatus", "durationMs", "nextTryAt", "warnings");
        }

        steps[^1]!["httpStatus"]!.GetValue<int>().ShouldBe(200);
    }

    [SuiteFact]
    public async Task An_event_nobody_sent_has_no_story() => (await Api.GetAsync("/api/events/00000000000000000000000000")).ShouldBeError(404, "unknown_event");

    [SuiteTheory]
    [InlineData("limit=0")]
    [InlineData("limit=1001")]
    [InlineData("limit=marked-value")]
    [InlineData("outcome=marked-value")]
    [InlineData("kind=marked-value")]
    [InlineData("after=marked-value")]
    [InlineData("after=-1")]
    public async Task A_parameter_that_is_none_is_refused(string query) => (await Api.GetAsync($"/api/deliveries?{query}")).ShouldBeError(400, "invalid_parameter");
}
