using System.Text.Json.Nodes;
using CustomerIoDestination.HttpApi.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Tests.Endpoints;

public sealed class DeadLettersTests
{
    private const string Meant = "X-Requested-With: destination";

    [Fact]
    public async Task The_list_has_the_members_of_the_api_and_no_event()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeadLetters.Letters.Add(Some.StoredLetter());
        host.DeadLetters.Next = "cursor";

        JsonNode body = await (await host.GetAsync("/api/dead-letters")).JsonAsync();

        JsonNode.DeepEquals(body, JsonNode.Parse(
            """
            {
              "items": [{
                "id": "7", "eventId": "01J0000000000000000000000A", "kind": "track", "reason": "limit_exceeded",
                "description": "traits.bio has 1400 bytes; the limit is 1000.",
                "deadLetteredAt": "2026-11-24T12:00:00.000Z", "eventTime": null, "attempts": 0,
                "firstFailedAt": "2026-11-24T11:00:00.000Z"
              }],
              "next": "cursor"
            }
            """)).ShouldBeTrue(body.ToJsonString());
    }

    [Fact]
    public async Task A_queue_that_cannot_be_reached_is_no_error_of_this_product()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeadLetters.Failure = new UnavailableException(Backend.Queue, "queue_busy");

        HttpResponseMessage answer = await host.GetAsync("/api/dead-letters");

        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.ServiceUnavailable);
        (await answer.JsonAsync())["code"]!.GetValue<string>().ShouldBe("queue_unreachable");
    }

    [Theory]
    [InlineData("queue_file_lost")]
    [InlineData("queue_full")]
    [InlineData("queue_unwritable")]
    public async Task A_queue_that_can_not_be_written_is_told_by_its_own_code(string code)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeadLetters.Failure = new UnavailableException(Backend.Queue, code);

        (await host.PostAsync("/api/dead-letters/replay", """{"all":true}""", Meant).ErrorAsync()).ShouldBe($"503 {code}");
        (await host.PostAsync("/api/dead-letters/discard", """{"all":true}""", Meant).ErrorAsync()).ShouldBe($"503 {code}");
    }

    [Fact]
    public async Task A_filter_a_limit_and_a_cursor_reach_the_store()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        await host.GetAsync("/api/dead-letters?reason=expired&limit=7&after=abc").StatusAsync();
        await host.GetAsync("/api/dead-letters?reason=&limit=&after=").StatusAsync();

        host.DeadLetters.Queries.ShouldBe([new DeadLetterQuery(DeadLetterReason.Expired, 7, "abc"), new DeadLetterQuery(Reason: null, 100, After: null)]);
    }

    [Fact]
    public async Task An_unknown_reason_is_answered_with_the_known_ones()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        using HttpResponseMessage response = await host.GetAsync("/api/dead-letters?reason=because");

        ((int)response.StatusCode).ShouldBe(400);
        (await response.JsonAsync())["message"]!.GetValue<string>().ShouldContain("limit_exceeded, missing_identifier");
    }

    [Fact]
    public async Task One_dead_letter_comes_with_its_event_as_it_came_in()
    {
        const string Raw = """{"n": 12345678901234567890,"e":"\ud800"}""";
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeadLetters.Letters.Add(Some.StoredLetter(raw: Raw));

        string body = await (await host.GetAsync("/api/dead-letters/7")).Content.ReadAsStringAsync();

        body.ShouldContain($"\"event\":{Raw}");
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("{\"a\":1}{\"b\":2}")]
    [InlineData("{\"cut\":")]
    public async Task An_event_that_is_no_json_comes_as_text(string raw)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeadLetters.Letters.Add(Some.StoredLetter(raw: raw));

        JsonNode body = await (await host.GetAsync("/api/dead-letters/7")).JsonAsync();

        body["event"]!.GetValue<string>().ShouldBe(raw);
    }

    [Fact]
    public async Task An_id_that_is_not_there_is_a_404()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.GetAsync("/api/dead-letters/8").ErrorAsync()).ShouldBe("404 unknown_dead_letter");
    }

    [Fact]
    public async Task Replay_takes_ids_a_reason_or_all()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        await host.PostAsync("/api/dead-letters/replay", """{"ids":["1","2"]}""", Meant).StatusAsync();
        await host.PostAsync("/api/dead-letters/replay", """{"reason":"expired"}""", Meant).StatusAsync();
        await host.PostAsync("/api/dead-letters/replay", """{"all":true,"asOfNow":true}""", Meant).StatusAsync();

        host.DeadLetters.Replays.Select(replay => replay.AsOfNow).ShouldBe([false, false, true]);
        host.DeadLetters.Replays[0].Selection.ShouldBeOfType<DeadLetterSelection.Ids>().Values.ShouldBe(["1", "2"]);
        host.DeadLetters.Replays[1].Selection.ShouldBe(new DeadLetterSelection.OfReason(DeadLetterReason.Expired));
        host.DeadLetters.Replays[2].Selection.ShouldBe(new DeadLetterSelection.All());
    }

    [Theory]
    [InlineData("", "invalid_selection", "no JSON object")]
    [InlineData("{}", "invalid_selection", "none of the three is there")]
    [InlineData("null", "invalid_selection", "no JSON object")]
    [InlineData("[]", "invalid_selection", "no JSON object")]
    [InlineData("""{"all":false}""", "invalid_selection", "\"all\" is false")]
    [InlineData("""{"all":"true"}""", "invalid_selection", "\"all\" must be true")]
    [InlineData("""{"ids":[]}""", "invalid_selection", "\"ids\" is empty")]
    [InlineData("""{"ids":[""]}""", "invalid_selection", "an id is empty or null")]
    [InlineData("""{"ids":[null]}""", "invalid_selection", "an id is empty or null")]
    [InlineData("""{"ids":[7]}""", "invalid_selection", "\"ids\" must be a list of texts")]
    [InlineData("""{"ids":["1"],"all":true}""", "invalid_selection", "more than one of the three is there")]
    [InlineData("""{"reason":"expired","all":true}""", "invalid_selection", "more than one of the three is there")]
    [InlineData("""{"all":true,"raeson":"expired"}""", "invalid_selection", "a member is none of ids, reason, all, asOfNow and bound")]
    [InlineData("""{"all":false,"all":true}""", "invalid_selection", "a member is there twice")]
    [InlineData("""{"all":true,"bound":""}""", "invalid_selection", "\"bound\" is none that an earlier answer gave")]
    [InlineData("""{"all":true,"bound":"5"}""", "invalid_selection", "\"bound\" is none")]
    [InlineData("""{"all":true,"bound":"5-99999999999999999"}""", "invalid_selection", "\"bound\" is none")]
    [InlineData("""{"all":true,"bound":"-5-1"}""", "invalid_selection", "\"bound\" is none")]
    [InlineData("[1]", "invalid_selection", "no JSON object")]
    [InlineData("""{"ids":["1"]""", "invalid_selection", "no JSON object")]
    [InlineData("""{"ids":"1"}""", "invalid_selection", "\"ids\" must be a list of texts")]
    [InlineData("""{"reason":5}""", "invalid_selection", "\"reason\" must be a text")]
    [InlineData("""{"all":true,"bound":5}""", "invalid_selection", "\"bound\" must be a text")]
    [InlineData("""{"ids":["\ud800"]}""", "invalid_selection", "a text in it is none")]
    [InlineData("""{"all":true,"\ud800":1}""", "invalid_selection", "no JSON object")]
    [InlineData("""{"reason":"because"}""", "invalid_reason", "must be one of limit_exceeded")]
    public async Task A_selection_that_could_mean_something_else_touches_nothing_and_is_told_what_is_wrong(string body, string code, string problem)
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.PostAsync("/api/dead-letters/replay", body, Meant).ErrorAsync()).ShouldBe($"400 {code}");
        (await host.PostAsync("/api/dead-letters/discard", body, Meant).ErrorAsync()).ShouldBe($"400 {code}");

        (await (await host.PostAsync("/api/dead-letters/discard", body, Meant)).JsonAsync())["message"]!.GetValue<string>().ShouldContain(problem);
        host.DeadLetters.Replays.ShouldBeEmpty();
        host.DeadLetters.Discards.ShouldBeEmpty();
    }

    [Fact]
    public async Task More_ids_than_one_request_takes_are_told_with_their_number()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string ids = string.Join(',', Enumerable.Range(0, 8_000).Select(id => $"\"{id}\""));

        JsonNode error = await (await host.PostAsync("/api/dead-letters/replay", $"{{\"ids\":[{ids}]}}", Meant)).JsonAsync();

        error["message"]!.GetValue<string>().ShouldEndWith("\"ids\" has 8000, and one request takes 5000 at most; send several.");
    }

    [Fact]
    public async Task A_discard_knows_no_as_of_now()
    {
        await using ApiHost host = await ApiHost.StartAsync();

        (await host.PostAsync("/api/dead-letters/discard", """{"all":true,"asOfNow":true}""", Meant).ErrorAsync()).ShouldBe("400 invalid_selection");
    }

    [Theory]
    [InlineData(5_000, 200)]
    [InlineData(5_001, 400)]
    public async Task A_selection_names_as_many_ids_as_one_pass_works_on(int count, int status)
    {
        await using ApiHost host = await ApiHost.StartAsync();
        string ids = string.Join(',', Enumerable.Range(0, count).Select(id => $"\"{id}\""));

        (await host.PostAsync("/api/dead-letters/discard", $"{{\"ids\":[{ids}]}}", Meant).StatusAsync()).ShouldBe(status);
    }

    [Fact]
    public async Task A_pass_answers_what_it_did()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeadLetters.Pass = new DeadLetterPass(Done: 3, Identifies: 0, NotFound: ["9"], More: true, FakeDeadLetters.Run, Scanned: 5000);
        host.DeadLetters.Result = new ReplayResult(new Dictionary<DeadLetterReason, long> { [DeadLetterReason.LimitExceeded] = 2 }, Delivered: 1, Skipped: 0, Waiting: 7);

        string replayed = await (await host.PostAsync("/api/dead-letters/replay", """{"all":true}""", Meant)).Content.ReadAsStringAsync();
        string discarded = await (await host.PostAsync("/api/dead-letters/discard", """{"all":true}""", Meant)).Content.ReadAsStringAsync();

        replayed.ShouldBe("""{"replayed":3,"notFound":["9"],"more":true,"scanned":5000,"warnings":[],"bound":"5-1790000000000","cameBack":{"limit_exceeded":2},"delivered":1,"skipped":0,"waiting":7}""");
        discarded.ShouldBe("""{"discarded":3,"notFound":["9"],"more":true,"scanned":5000,"warnings":[],"bound":"5-1790000000000"}""");
    }

    [Fact]
    public async Task A_bound_that_is_sent_again_goes_on_with_its_run_and_alone_asks_what_became_of_it()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeadLetters.Result = new ReplayResult(new Dictionary<DeadLetterReason, long> { [DeadLetterReason.NoEmail] = 1 });

        await host.PostAsync("/api/dead-letters/replay", """{"all":true,"bound":"5-1790000000000"}""", Meant).StatusAsync();
        await host.PostAsync("/api/dead-letters/discard", """{"all":true,"bound":"5-1790000000000"}""", Meant).StatusAsync();
        string asked = await (await host.PostAsync("/api/dead-letters/replay", """{"bound":"5-1790000000000"}""", Meant)).Content.ReadAsStringAsync();

        host.DeadLetters.Replays.ShouldHaveSingleItem().Run.ShouldBe(FakeDeadLetters.Run);
        host.DeadLetters.Discards.ShouldHaveSingleItem().Run.ShouldBe(FakeDeadLetters.Run);
        asked.ShouldBe("""{"replayed":0,"notFound":[],"more":false,"warnings":[],"bound":"5-1790000000000","cameBack":{"no_email":1}}""");
        (await host.PostAsync("/api/dead-letters/discard", """{"bound":"5-1790000000000"}""", Meant).ErrorAsync()).ShouldBe("400 invalid_selection");
    }

    [Fact]
    public async Task Customer_ios_answer_comes_with_the_one_dead_letter_and_is_in_no_list()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeadLetters.Letters.Add(Some.StoredLetter(answer: """{"meta":{"error":"ann@example.com is not welcome"}}"""));

        JsonNode detail = await (await host.GetAsync("/api/dead-letters/7")).JsonAsync();
        string list = await (await host.GetAsync("/api/dead-letters")).Content.ReadAsStringAsync();

        detail["answer"]!.GetValue<string>().ShouldBe("""{"meta":{"error":"ann@example.com is not welcome"}}""");
        list.ShouldNotContain("ann@example.com");
    }

    [Fact]
    public async Task Dead_letters_somebody_else_held_are_warned_of()
    {
        await using ApiHost host = await ApiHost.StartAsync();
        host.DeadLetters.Pass = new DeadLetterPass(Done: 0, Identifies: 0, NotFound: [], More: true, FakeDeadLetters.Run, Contended: true);

        foreach (string verb in new[] { "replay", "discard" })
        {
            JsonNode body = await (await host.PostAsync($"/api/dead-letters/{verb}", """{"all":true}""", Meant)).JsonAsync();
            body["warnings"]!.AsArray().ShouldHaveSingleItem()!["code"]!.GetValue<string>().ShouldBe("held_elsewhere");
        }
    }

    [Theory]
    [InlineData(2, false, false, true)]
    [InlineData(0, false, false, false)]
    [InlineData(2, true, false, false)]
    [InlineData(2, false, true, false)]
    public async Task Replayed_identifies_are_warned_of_unless_they_count_as_of_now(int identifies, bool asOfNow, bool alwaysAsOfNow, bool warned)
    {
        await using ApiHost host = await ApiHost.StartAsync(new DestinationSettings { Mapping = new MappingSettings { AsOfNow = alwaysAsOfNow } });
        host.DeadLetters.Pass = new DeadLetterPass(Done: 3, identifies, NotFound: [], More: false, FakeDeadLetters.Run);

        string body = asOfNow ? """{"all":true,"asOfNow":true}""" : """{"all":true}""";
        JsonArray warnings = (await (await host.PostAsync("/api/dead-letters/replay", body, Meant)).JsonAsync())["warnings"]!.AsArray();

        warnings.Select(warning => warning!["code"]!.GetValue<string>()).ShouldBe(warned ? ["identify_may_be_outdated"] : []);
    }
}
