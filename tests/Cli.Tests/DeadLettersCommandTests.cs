using System.Net;
using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

public sealed class DeadLettersCommandTests : IDisposable
{
    private readonly CliRig _cli = new() { Time = new QuickTime() };

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_list_follows_its_pages()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"items": [{"id": "7", "deadLetteredAt": "2026-01-01T00:00:00Z", "kind": "track", "reason": "limit_exceeded", "attempts": 1, "description": "too [long]"}], "next": "n 1"}""");
        _cli.Host.Answer(HttpStatusCode.OK, """{"items": [], "next": null}""");
        (await _cli.RunAsync("dead-letters", "list", "--reason", "limit_exceeded", "--key", "k")).ShouldBe(0);

        _cli.Host.Calls.Select(call => call.Path).ShouldBe(["/api/dead-letters?limit=50&reason=limit_exceeded", "/api/dead-letters?limit=49&reason=limit_exceeded&after=n%201"]);
        _cli.Host.Calls[0].Headers["X-Admin-Key"].ShouldBe("k");
        _cli.Output.ShouldContain("too [long]");
    }

    [Fact]
    public async Task No_dead_letters_are_told()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"items": [], "next": null}""");
        (await _cli.RunAsync("dead-letters", "list")).ShouldBe(0);
        _cli.Output.ShouldContain("There are no dead letters.");
    }

    [Fact]
    public async Task One_is_shown_with_its_event()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"id": "7", "event": {"type": "track"}}""");
        (await _cli.RunAsync("dead-letters", "show", "7")).ShouldBe(0);
        _cli.Host.Calls.ShouldHaveSingleItem().Path.ShouldBe("/api/dead-letters/7");
        _cli.Output.ShouldContain("\"type\": \"track\"");
    }

    [Fact]
    public async Task What_is_written_as_json_is_not_folded_at_the_consoles_width()
    {
        using var narrow = new CliRig { Width = 80 };
        string text = string.Join(' ', Enumerable.Repeat("word", 100));
        narrow.Host.Answer(HttpStatusCode.OK, $$$"""{"id": "7", "event": {"bio": "{{{text}}}"}}""");

        (await narrow.RunAsync("dead-letters", "show", "7")).ShouldBe(0);

        JsonNode.Parse(narrow.Output)!["event"]!["bio"]!.GetValue<string>().ShouldBe(text);
    }

    [Fact]
    public async Task A_replay_is_repeated_until_nothing_is_left()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"replayed": 5000, "notFound": [], "more": true, "warnings": [], "bound": "7-8", "cameBack": {}}""");
        _cli.Host.Answer(HttpStatusCode.OK, """{"replayed": 3, "notFound": ["9"], "more": false, "warnings": ["older than the person's last change"], "bound": "7-8", "cameBack": {"no_email": 1}, "delivered": 2, "skipped": 0, "waiting": 5000}""");
        _cli.Host.Answer(HttpStatusCode.OK, """{"replayed": 0, "notFound": [], "more": false, "warnings": [], "bound": "7-8", "cameBack": {"no_email": 1, "limit_exceeded": 3400}, "delivered": 1600, "skipped": 2, "waiting": 0}""");
        (await _cli.RunAsync("dead-letters", "replay", "--all", "--as-of-now")).ShouldBe(1, "some came back");

        _cli.Host.Calls.ShouldAllBe(call => call.Headers["X-Requested-With"] == "destination");
        _cli.Host.Calls.Select(call => call.Body).ShouldBe(["""{"all":true,"asOfNow":true}""", """{"all":true,"asOfNow":true,"bound":"7-8"}""", """{"bound":"7-8"}"""]);
        _cli.Output.ShouldContain("what becomes of them is looked for, at most two minutes");
        _cli.Output.ShouldContain("5,003 replayed: 1,600 delivered, 2 skipped, 3,401 came back (limit_exceeded 3,400, no_email 1).");
        _cli.Output.ShouldContain("not found 9");
        _cli.Output.ShouldContain("older than the person's last change");
    }

    [Fact]
    public async Task A_replay_over_a_queue_that_knows_no_more_tells_what_came_back_so_far()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"replayed": 2, "notFound": [], "more": false, "warnings": [], "bound": "7-8", "cameBack": {}}""");
        for (int look = 0; look < 60; look++)
        {
            _cli.Host.Answer(HttpStatusCode.OK, $$$"""{"replayed": 0, "notFound": [], "more": false, "warnings": [], "bound": "7-8", "cameBack": {"no_email": {{{Math.Min(look / 10, 2)}}}}}""");
        }

        (await _cli.RunAsync("dead-letters", "replay", "--all")).ShouldBe(1, "some came back");

        _cli.Output.ShouldContain("2 replayed: 2 came back (no_email 2) so far.");
        _cli.Host.Calls.Count.ShouldBeInRange(30, 45, "it waits a while for more, and not for ever");
    }

    [Theory]
    [InlineData("""{"cameBack": {}, "delivered": 3, "skipped": 0, "waiting": 0}""", 0)]
    [InlineData("""{"cameBack": {}, "delivered": 1, "skipped": 2, "waiting": 0}""", 0)]
    [InlineData("""{"cameBack": {"no_email": 1}, "delivered": 2, "skipped": 0, "waiting": 0}""", 1)]
    [InlineData("""{"cameBack": {}, "delivered": 1, "skipped": 0, "waiting": 2}""", 1)]
    [InlineData("""{"cameBack": {}}""", 0)]
    public async Task A_replay_of_which_something_is_left_over_exits_with_1(string result, int expected)
    {
        JsonObject answer = JsonNode.Parse(result)!.AsObject();
        answer["replayed"] = 3;
        answer["more"] = false;
        answer["bound"] = "7-8";
        for (int look = 0; look < 200; look++)
        {
            _cli.Host.Answer(HttpStatusCode.OK, answer.ToJsonString());
        }

        (await _cli.RunAsync("dead-letters", "replay", "--all")).ShouldBe(expected);
    }

    [Fact]
    public async Task Events_of_a_replay_that_still_wait_are_told_to_be_kept_and_where_to_see_why()
    {
        for (int look = 0; look < 200; look++)
        {
            _cli.Host.Answer(HttpStatusCode.OK, """{"replayed": 3, "more": false, "bound": "7-8", "cameBack": {}, "delivered": 1, "skipped": 0, "waiting": 2}""");
        }

        await _cli.RunAsync("dead-letters", "replay", "--all");

        _cli.Output.ShouldContain("3 replayed: 1 delivered, 0 came back, 2 still waiting.");
        _cli.Output.ShouldContain("2 of them still wait on the queue, and are not lost. GET /api/status and the page say what for.");
    }

    [Theory]
    [InlineData("replay", "replayed")]
    [InlineData("discard", "discarded")]
    public async Task An_id_that_is_not_there_is_told_and_exits_with_1(string verb, string counter)
    {
        _cli.Host.Answer(HttpStatusCode.OK, $$$"""{"{{{counter}}}": 1, "notFound": ["9"], "more": false, "bound": "7-8", "cameBack": {}, "delivered": 1, "skipped": 0, "waiting": 0}""");

        (await _cli.RunAsync(["dead-letters", verb, "8", "9", .. verb == "discard" ? ["--yes"] : Array.Empty<string>()])).ShouldBe(1);

        _cli.Output.ShouldContain("not found 9");
    }

    [Fact]
    public async Task A_run_that_is_stopped_ends_with_the_call_under_way_and_tells_what_it_did()
    {
        using var stop = new CancellationTokenSource();
        _cli.Host.Answer(HttpStatusCode.OK, """{"discarded": 5000, "more": true, "bound": "7-8"}""");
        _cli.Host.Answer(HttpStatusCode.OK, """{"discarded": 4000, "more": true, "bound": "7-8"}""", before: stop.Cancel);

        (await _cli.RunAsync(stop.Token, "dead-letters", "discard", "--all", "--yes")).ShouldBe(1);

        _cli.Host.Calls.Count.ShouldBe(2);
        _cli.Output.ShouldContain("Stopped: there are more. 9,000 discarded.");
    }

    [Fact]
    public async Task Control_characters_that_a_sender_wrote_do_not_reach_the_terminal()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"items": [{"id": "7", "kind": "track", "reason": "limit_exceeded", "description": "traits.\u202Elive: too \u001B[31mlong"}], "next": null}""");
        _cli.Host.Answer(HttpStatusCode.OK, """{"id": "7", "answer": "odd \u202Etxt", "event": {"event": "\u2067x"}}""");

        (await _cli.RunAsync("dead-letters", "list")).ShouldBe(0);
        (await _cli.RunAsync("dead-letters", "show", "7")).ShouldBe(0);

        _cli.Output.ShouldNotContain('\u202E');
        _cli.Output.ShouldNotContain('\u2067');
        _cli.Output.ShouldContain("traits.\\u202Elive: too \\u001B[31mlong");
        _cli.Output.ShouldContain("odd \\u202Etxt");
    }

    [Fact]
    public async Task A_pass_that_could_do_nothing_is_repeated_until_it_can()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"discarded": 0, "more": true, "warnings": [{"code": "held_elsewhere", "message": "somebody holds them"}]}""");
        _cli.Host.Answer(HttpStatusCode.OK, """{"discarded": 0, "more": true}""");
        _cli.Host.Answer(HttpStatusCode.OK, """{"discarded": 4, "more": false}""");
        (await _cli.RunAsync("dead-letters", "discard", "--reason", "expired", "--yes")).ShouldBe(0);

        _cli.Host.Calls.Count.ShouldBe(3);
        _cli.Host.Calls[2].Body.ShouldBe("""{"reason":"expired"}""");
        _cli.Output.ShouldContain("somebody holds them");
        _cli.Output.ShouldContain("4 discarded.");
    }

    [Fact]
    public async Task A_pass_that_never_can_ends()
    {
        for (int call = 0; call < 100; call++)
        {
            _cli.Host.Answer(HttpStatusCode.OK, """{"discarded": 0, "more": true}""");
        }

        (await _cli.RunAsync("dead-letters", "discard", "--all", "--yes")).ShouldBe(1);

        _cli.Host.Calls.Count.ShouldBeInRange(13, 99, "over a minute of pauses, and an end");
        _cli.Output.ShouldContain("There are more");
    }

    [Theory]
    [InlineData("--all", "")]
    [InlineData("--reason=limit_exceeded", "&reason=limit_exceeded")]
    public async Task Before_a_discard_the_number_and_the_reasons_are_told_and_the_number_must_be_typed(string selection, string query)
    {
        AnswerWithLetters();
        _cli.Host.Answer(HttpStatusCode.OK, """{"discarded": 3, "more": false}""");
        _cli.Typed = "3";

        (await _cli.RunAsync("dead-letters", "discard", selection)).ShouldBe(0);

        _cli.Output.ShouldContain("This will discard 3 dead letters (2 limit_exceeded, 1 no_email). They can not be brought back.");
        _cli.Output.ShouldContain("Type 3 to discard them: ");
        _cli.Output.ShouldContain("3 discarded.");
        _cli.Host.Calls.Select(call => call.Path).ShouldBe([$"/api/dead-letters?limit=1000{query}", $"/api/dead-letters?limit=1000{query}&after=n", "/api/dead-letters/discard"]);
    }

    [Theory]
    [InlineData("4")]
    [InlineData("y")]
    [InlineData("")]
    public async Task Another_answer_than_the_number_discards_nothing(string typed)
    {
        AnswerWithLetters();
        _cli.Typed = typed;

        (await _cli.RunAsync("dead-letters", "discard", "--all")).ShouldBe(1);

        _cli.Output.ShouldContain("Nothing was done.");
        _cli.Host.Calls.ShouldAllBe(call => call.Method == "GET");
    }

    [Fact]
    public async Task Where_nobody_can_be_asked_a_discard_needs_yes()
    {
        AnswerWithLetters();

        (await _cli.RunAsync("dead-letters", "discard", "--all")).ShouldBe(1);

        _cli.Output.ShouldContain("repeat it with --yes");
        _cli.Host.Calls.ShouldAllBe(call => call.Method == "GET");
    }

    [Theory]
    [InlineData("discard")]
    [InlineData("replay")]
    public async Task A_dry_run_tells_and_does_nothing(string verb)
    {
        AnswerWithLetters();

        (await _cli.RunAsync("dead-letters", verb, "--all", "--dry-run")).ShouldBe(0);

        _cli.Output.ShouldContain($"This would {verb} 3 dead letters (2 limit_exceeded, 1 no_email). Nothing was done.");
        _cli.Host.Calls.ShouldAllBe(call => call.Method == "GET");
    }

    [Fact]
    public async Task Letters_named_one_by_one_are_looked_for_told_and_asked_about_before_a_discard()
    {
        AnswerWithTwoOfThree();
        _cli.Host.Answer(HttpStatusCode.OK, """{"discarded": 2, "more": false}""");
        _cli.Typed = "2";

        (await _cli.RunAsync("dead-letters", "discard", "7", "8", "9", "7")).ShouldBe(1, "one was not found");

        _cli.Output.ShouldContain("not found 9");
        _cli.Output.ShouldContain("This will discard 2 dead letters (1 limit_exceeded, 1 no_email). They can not be brought back.");
        _cli.Host.Calls.Select(call => call.Path).ShouldBe(["/api/dead-letters/7", "/api/dead-letters/8", "/api/dead-letters/9", "/api/dead-letters/discard"]);
        _cli.Host.Calls[^1].Body.ShouldBe("""{"ids":["7","8"]}""");
    }

    [Fact]
    public async Task One_letter_is_not_discarded_before_the_number_is_typed()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"id": "7", "reason": "no_email"}""");
        _cli.Typed = "7";

        (await _cli.RunAsync("dead-letters", "discard", "7")).ShouldBe(1);

        _cli.Output.ShouldContain("This will discard 1 dead letter (1 no_email). It can not be brought back.");
        _cli.Output.ShouldContain("Type 1 to discard it: ");
        _cli.Host.Calls.ShouldAllBe(call => call.Method == "GET");
    }

    [Fact]
    public async Task With_yes_letters_named_one_by_one_are_discarded_without_a_question()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"discarded": 2, "more": false}""");

        (await _cli.RunAsync("dead-letters", "discard", "7", "8", "--yes")).ShouldBe(0);

        _cli.Host.Calls.ShouldHaveSingleItem().Body.ShouldBe("""{"ids":["7","8"]}""");
    }

    [Theory]
    [InlineData("discard")]
    [InlineData("replay")]
    public async Task A_dry_run_of_ids_counts_those_that_are_there(string verb)
    {
        AnswerWithTwoOfThree();

        (await _cli.RunAsync("dead-letters", verb, "7", "8", "9", "--dry-run")).ShouldBe(1, "one was not found");

        _cli.Output.ShouldContain("not found 9");
        _cli.Output.ShouldContain($"This would {verb} 2 dead letters (1 limit_exceeded, 1 no_email). Nothing was done.");
        _cli.Host.Calls.ShouldAllBe(call => call.Method == "GET");
    }

    [Fact]
    public async Task A_dry_run_of_an_id_that_is_not_there_finds_nothing()
    {
        _cli.Host.Answer(HttpStatusCode.NotFound, """{"code": "unknown_dead_letter", "message": "There is no dead letter of this id."}""");

        (await _cli.RunAsync("dead-letters", "replay", "999", "--dry-run")).ShouldBe(1);

        _cli.Output.ShouldContain("There are no such dead letters.");
        _cli.Output.ShouldNotContain("This would");
    }

    [Fact]
    public async Task A_host_that_can_not_tell_which_are_there_is_asked_for_nothing_more()
    {
        _cli.Host.Answer(HttpStatusCode.NotFound, """{"code": "unknown_route", "message": "There is nothing at this path."}""");
        _cli.Typed = "1";

        (await _cli.RunAsync("dead-letters", "discard", "7")).ShouldBe(1);

        _cli.Output.ShouldContain("404 unknown_route");
        _cli.Host.Calls.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("replay", "1", "--dryrun")]
    [InlineData("replay", "--all", "--dryrun")]
    [InlineData("discard", "2", "--dry-rnu")]
    [InlineData("discard", "2", "-n", "--yes")]
    [InlineData("discard", "2", "--dry-run=maybe")]
    [InlineData("discard", "1,2", "--yes")]
    [InlineData("discard", "", "--yes")]
    [InlineData("replay", "01KBA9ZQ4M8Y6T3R5W7X2V1C0D")]
    [InlineData("show", "")]
    [InlineData("show", "..")]
    [InlineData("show", "--json")]
    [InlineData("list", "--limit", "0")]
    [InlineData("list", "--limit", "-3")]
    [InlineData("list", "--limit", "many")]
    [InlineData("list", "--resaon", "expired")]
    public async Task A_command_line_that_is_not_understood_does_nothing_and_exits_with_2(params string[] arguments)
    {
        (await _cli.RunAsync(["dead-letters", .. arguments])).ShouldBe(2);

        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_warning_of_the_api_names_the_option_of_the_command_line()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"replayed": 1, "more": false, "bound": "7-8", "cameBack": {}, "delivered": 1, "waiting": 0, "warnings": [{"code": "identify_may_be_outdated", "message": "replay with \"asOfNow\": true to make it count."}]}""");

        (await _cli.RunAsync("dead-letters", "replay", "7")).ShouldBe(0);

        _cli.Output.ShouldContain("warning replay with --as-of-now to make it count.");
    }

    [Fact]
    public async Task A_discard_of_nothing_asks_nothing()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"items": [], "next": null}""");

        (await _cli.RunAsync("dead-letters", "discard", "--all")).ShouldBe(0);

        _cli.Output.ShouldContain("There are no such dead letters.");
    }

    [Theory]
    [InlineData]
    [InlineData("1", "--all")]
    [InlineData("--all", "--reason", "expired")]
    public async Task Which_ones_must_be_said_in_one_way(params string[] selection)
    {
        (await _cli.RunAsync(["dead-letters", "discard", .. selection])).ShouldBe(2);
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_host_that_refuses_is_told()
    {
        _cli.Host.Answer(HttpStatusCode.Forbidden, """{"code": "keys_missing", "message": "No keys are configured."}""");
        (await _cli.RunAsync("dead-letters", "list")).ShouldBe(1);
        _cli.Output.ShouldContain("403 keys_missing: No keys are configured. Give the key with --key.");
    }

    private void AnswerWithTwoOfThree()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"id": "7", "reason": "limit_exceeded", "event": {}}""");
        _cli.Host.Answer(HttpStatusCode.OK, """{"id": "8", "reason": "no_email", "event": {}}""");
        _cli.Host.Answer(HttpStatusCode.NotFound, """{"code": "unknown_dead_letter", "message": "There is no dead letter of this id."}""");
    }

    private void AnswerWithLetters()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """{"items": [{"id": "1", "reason": "limit_exceeded"}, {"id": "2", "reason": "no_email"}], "next": "n"}""");
        _cli.Host.Answer(HttpStatusCode.OK, """{"items": [{"id": "3", "reason": "limit_exceeded"}], "next": null}""");
    }
}
