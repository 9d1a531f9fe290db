using System.Text.Json.Nodes;
using CustomerIoDestination.ApiContract.Asking;
using CustomerIoDestination.ApiContract.Hosts;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.ApiContract;

/// <summary>Replaying and discarding dead letters.</summary>
public abstract class DeadLetterPassContract(HostUnderTest host) : DeadLetterSuite(host)
{
    private readonly Person _person = new();

    [SuiteFact]
    public async Task A_replayed_dead_letter_is_delivered_and_its_story_goes_on()
    {
        JsonNode letter;
        await using (await Sandbox.RefuseAsync(_person.Id))
        {
            letter = await DeadLetterAsync(_person.Track("Refused"), "rejected_by_customerio");
        }

        JsonNode answer = await ReplayAsync($$"""{"ids":["{{letter["id"]}}","no-such-id"]}""");

        letter["attempts"]!.GetValue<int>().ShouldBe(1);
        answer["bound"]!.GetValue<string>().ShouldNotBeEmpty();
        answer["replayed"]!.GetValue<int>().ShouldBe(1);
        answer["notFound"]!.AsArray().Select(id => id!.GetValue<string>()).ShouldBe(["no-such-id"]);
        answer["more"]!.GetValue<bool>().ShouldBeFalse();
        answer["warnings"]!.AsArray().ShouldBeEmpty();
        JsonNode story = await StoryAsync(letter["eventId"]!.GetValue<string>(), "delivered");
        Steps(story).ShouldBe(["accepted", "queued", "delivery", "replayed", "queued", "delivery"]);
        (await Sandbox.EventsOfAsync(_person.Id)).ShouldBe(["Refused"]);
        (await IsDeadAsync(letter["eventId"]!.GetValue<string>())).ShouldBeFalse();
    }

    [SuiteFact]
    public async Task A_replayed_identify_is_warned_of_unless_it_counts_as_of_now()
    {
        JsonNode first = await DeadLetterAsync(_person.IdentifyOverLimit(), "limit_exceeded");

        JsonNode warned = await ReplayAsync($$"""{"ids":["{{first["id"]}}"]}""");
        JsonNode second = await FindAsync(first["eventId"]!.GetValue<string>(), "limit_exceeded", otherThan: first["id"]!.GetValue<string>());
        JsonNode asOfNow = await ReplayAsync($$"""{"ids":["{{second["id"]}}"],"asOfNow":true}""");

        JsonNode warning = warned["warnings"]!.AsArray().ShouldHaveSingleItem()!;
        warning.ShouldHaveMembers("code", "message");
        warning["code"]!.GetValue<string>().ShouldBe("identify_may_be_outdated");
        asOfNow["replayed"]!.GetValue<int>().ShouldBe(1);
        asOfNow["warnings"]!.AsArray().ShouldBeEmpty();
        await FindAsync(first["eventId"]!.GetValue<string>(), "limit_exceeded", otherThan: second["id"]!.GetValue<string>());
    }

    [SuiteFact]
    public async Task A_replays_bound_tells_what_came_back_and_keeps_its_run_from_taking_that_again()
    {
        JsonNode letter = await DeadLetterAsync(_person.Nobodys(), "missing_identifier");

        JsonNode first = await ReplayAsync($$"""{"ids":["{{letter["id"]}}"]}""");
        JsonNode again = await FindAsync(letter["eventId"]!.GetValue<string>(), "missing_identifier", otherThan: letter["id"]!.GetValue<string>());
        JsonNode second = await ReplayAsync($$"""{"reason":"missing_identifier","bound":"{{first["bound"]}}"}""");
        JsonNode told = (await Api.PostAsync("/api/dead-letters/replay", $$"""{"bound":"{{first["bound"]}}"}""")).ShouldBeJson();

        first["replayed"]!.GetValue<int>().ShouldBe(1);
        (await IsDeadAsync(letter["eventId"]!.GetValue<string>())).ShouldBeTrue("the second pass left it");
        second["bound"]!.GetValue<string>().Split('-')[^1].ShouldBe(first["bound"]!.GetValue<string>().Split('-')[^1]);
        told["replayed"]!.GetValue<int>().ShouldBe(0);
        told["cameBack"]!["missing_identifier"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(1);
        again["firstFailedAt"]!.GetValue<DateTimeOffset>().ShouldBe(letter["firstFailedAt"]!.GetValue<DateTimeOffset>());
        again["deadLetteredAt"]!.GetValue<DateTimeOffset>().ShouldBeGreaterThanOrEqualTo(letter["deadLetteredAt"]!.GetValue<DateTimeOffset>());
    }

    [SuiteFact]
    public async Task A_discarded_dead_letter_is_gone_and_its_story_ends()
    {
        JsonNode letter = await DeadLetterAsync(_person.IdentifyOverLimit(), "limit_exceeded");

        JsonNode answer = await DiscardAsync($$"""{"ids":["{{letter["id"]}}","999999999"]}""");

        answer["discarded"]!.GetValue<int>().ShouldBe(1);
        answer["notFound"]!.AsArray().Select(id => id!.GetValue<string>()).ShouldBe(["999999999"]);
        (await Api.GetAsync($"/api/dead-letters/{letter["id"]}")).ShouldBeError(404, "unknown_dead_letter");
        Answer story = await Patience.UntilAsync(
            () => Api.GetAsync($"/api/events/{letter["eventId"]}"), answer => answer.Status == 200 && Steps(answer.Json).Last() == "discarded", "the story to end");
        Steps(story.Json).ShouldBe(["accepted", "queued", "delivery", "discarded"]);
    }

    [SuiteFact]
    public async Task Dead_letters_are_chosen_by_reason()
    {
        JsonNode chosen = await DeadLetterAsync(_person.Nobodys(), "missing_identifier");
        JsonNode other = await DeadLetterAsync(_person.IdentifyOverLimit(), "limit_exceeded");

        (await DiscardAsync("""{"reason":"missing_identifier"}"""))["discarded"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(1);

        (await IsDeadAsync(chosen["eventId"]!.GetValue<string>())).ShouldBeFalse();
        (await IsDeadAsync(other["eventId"]!.GetValue<string>())).ShouldBeTrue();
    }

    [SuiteFact]
    public async Task All_dead_letters_can_be_chosen()
    {
        JsonNode letter = await DeadLetterAsync(_person.Nobodys(), "missing_identifier");
        string eventId = letter["eventId"]!.GetValue<string>();

        (await ReplayAsync("""{"all":true}"""))["replayed"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(1);
        await FindAsync(eventId, "missing_identifier", otherThan: letter["id"]!.GetValue<string>());
        (await DiscardAsync("""{"all":true}"""))["discarded"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(1);

        (await IsDeadAsync(eventId)).ShouldBeFalse();
    }

    [SuiteTheory]
    [InlineData("")]
    [InlineData("{\"ids\":[\"marked-value")]
    [InlineData("{}")]
    [InlineData("{\"all\":false}")]
    [InlineData("{\"all\":true,\"marked-value\":1}")]
    [InlineData("{\"all\":true,\"reason\":\"expired\"}")]
    [InlineData("{\"ids\":[]}")]
    public async Task A_choice_that_is_not_clear_changes_nothing(string sent)
    {
        (await Api.PostAsync("/api/dead-letters/replay", sent)).ShouldBeError(400, "invalid_selection");
        (await Api.PostAsync("/api/dead-letters/discard", sent)).ShouldBeError(400, "invalid_selection");
    }

    [SuiteFact]
    public async Task Only_what_a_pass_knows_may_be_asked_of_it()
    {
        (await Api.PostAsync("/api/dead-letters/discard", """{"all":true,"asOfNow":true}""")).ShouldBeError(400, "invalid_selection");
        (await Api.PostAsync("/api/dead-letters/discard", $$"""{"reason":"{{Person.Marker}}"}""")).ShouldBeError(400, "invalid_reason");
    }

    private static IEnumerable<string> Steps(JsonNode story) => story["steps"]!.AsArray().Select(step => step!["step"]!.GetValue<string>());

    private Task<JsonNode> ReplayAsync(string selection) => PassAsync("replay", "replayed", selection);

    private Task<JsonNode> DiscardAsync(string selection) => PassAsync("discard", "discarded", selection);

    private async Task<JsonNode> PassAsync(string path, string done, string selection)
    {
        JsonNode answer = (await Api.PostAsync($"/api/dead-letters/{path}", selection)).ShouldBeJson();
        string[] scanned = Host.PassesSayHowFarTheyGot ? ["scanned"] : [];
        string[] result = done == "discarded" ? [] : Host.PassesSayHowFarTheyGot ? ["bound", "cameBack"] : ["bound", "cameBack", "delivered", "skipped", "waiting"];
        answer.ShouldHaveMembers([done, "notFound", "more", .. scanned, "warnings", .. result]);
        answer["more"]!.GetValue<bool>().ShouldBeFalse();
        return answer;
    }
}
