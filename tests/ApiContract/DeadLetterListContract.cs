using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>Looking at dead letters.</summary>
public abstract class DeadLetterListContract(HostUnderTest host) : DeadLetterSuite(host)
{
    [SuiteFact]
    public async Task A_dead_letter_is_told_whole_and_without_a_value()
    {
        JsonObject sent = new Person().IdentifyOverLimit();

        JsonNode letter = await DeadLetterAsync(sent, "limit_exceeded");

        letter.ShouldHaveMembers("id", "eventId", "kind", "reason", "description", "deadLetteredAt", "eventTime", "attempts", "firstFailedAt");
        letter["kind"]!.GetValue<string>().ShouldBe("identify");
        letter["reason"]!.GetValue<string>().ShouldBe("limit_exceeded");
        letter["description"]!.GetValue<string>().ShouldBe("traits.bio: the attribute's value has 1400 bytes; the limit is 1000");
        letter["deadLetteredAt"].ShouldBeTime().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(5));
        letter["eventTime"]!.GetValue<string>().ShouldBe(sent["timestamp"]!.GetValue<string>());
        letter["attempts"]!.GetValue<int>().ShouldBe(0);
        letter.ToJsonString().ShouldNotContain(Person.Marker);
    }

    [SuiteFact]
    public async Task One_dead_letter_is_shown_with_its_event()
    {
        JsonObject sent = new Person().Nobodys();
        JsonNode letter = await DeadLetterAsync(sent, "missing_identifier");

        JsonNode shown = (await Api.GetAsync($"/api/dead-letters/{letter["id"]}")).ShouldBeJson();

        shown["event"].ShouldBeSameJson(sent);
        shown.AsObject().Remove("event");
        shown.ShouldBeSameJson(letter);
    }

    [SuiteFact]
    public async Task Dead_letters_come_oldest_first_page_by_page()
    {
        var person = new Person();
        string[] sent = await SendAsync([.. Enumerable.Range(0, 5).Select(_ => person.IdentifyOverLimit())]);
        await StoryAsync(sent[^1], "deadLettered");

        (await IdsAsync("/api/dead-letters", limit: 2)).Where(sent.Contains).ShouldBe(sent);
        (await IdsAsync("/api/dead-letters?reason=limit_exceeded", limit: 2)).Where(sent.Contains).ShouldBe(sent);
        (await IdsAsync("/api/dead-letters?reason=expired", limit: 2)).ShouldBeEmpty();
    }

    [SuiteTheory]
    [InlineData("limit=0")]
    [InlineData("limit=marked-value")]
    [InlineData("reason=marked-value")]
    [InlineData("after=marked-value")]
    [InlineData("after=-1")]
    public async Task A_parameter_that_is_none_is_refused(string query) => (await Api.GetAsync($"/api/dead-letters?{query}")).ShouldBeError(400, "invalid_parameter");

    [SuiteTheory]
    [InlineData("999999999")]
    [InlineData("marked-value")]
    public async Task A_dead_letter_that_is_not_there_is_not_found(string id) => (await Api.GetAsync($"/api/dead-letters/{id}")).ShouldBeError(404, "unknown_dead_letter");

    private async Task<IEnumerable<string>> IdsAsync(string path, int limit) => (await ListAsync(path, limit)).Select(letter => letter["eventId"]!.GetValue<string>());
}
