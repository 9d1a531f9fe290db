using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

public sealed class ImportCommandTests : IDisposable
{
    private const string Accepted = """{"accepted": 1, "skipped": 0, "rejected": []}""";

    private readonly CliRig _cli = new() { Time = new QuickTime() };

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Events_go_to_the_import_lane_with_the_key()
    {
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 2, "skipped": 1, "rejected": []}""");
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", $"{Event(1)}\n\n{Event(2)}\r\n{Event(3)}"), "--key", "the key", "--url", "http://host.example/base")).ShouldBe(0);

        StubHost.Call call = _cli.Host.Calls.ShouldHaveSingleItem();
        call.Path.ShouldBe("/base/api/events");
        call.Body.ShouldBe($"{Event(1)}\n{Event(2)}\n{Event(3)}\n");
        call.Headers["X-Lane"].ShouldBe("import");
        call.Headers["X-Ingest-Key"].ShouldBe("the key");
        _cli.Output.ShouldContain("2 accepted, 1 skipped, 0 rejected.");
    }

    [Fact]
    public async Task A_large_file_is_sent_in_pieces()
    {
        _cli.Host.AcceptsEvents = true;
        (await ImportAsync(string.Concat(Enumerable.Range(0, 6).Select(i => Event(i, $"\"x\":\"{new string('x', 200_000)}\"") + "\n")))).ShouldBe(0);

        _cli.Host.Calls.Count.ShouldBe(3);
        _cli.Output.ShouldContain("6 accepted");
    }

    [Fact]
    public async Task More_than_five_hundred_events_are_sent_in_pieces()
    {
        _cli.Host.AcceptsEvents = true;
        (await ImportAsync(Events(0, 501))).ShouldBe(0);
        _cli.Host.Calls.Count.ShouldBe(2);
        _cli.Host.Calls[1].Body.ShouldBe(Event(500) + "\n");
    }

    [Fact]
    public async Task Lines_that_are_no_events_are_told_by_number_kept_with_their_reason_and_not_sent()
    {
        _cli.Host.AcceptsEvents = true;
        string good = """{"type":"track","event":"E","userId":"u-1","messageId":"bl-1","timestamp":"2026-11-20T08:30:00Z","properties":{}}""";
        string text = $$"""
            # export of 2026-11-20
            {"type":"track","event":"E","userId":"u-0","messageId":"bl-0","timestamp":"2026-11-20T08:3
            {{good}}
            {{good.Replace('1', '2')}}

            """;

        (await ImportAsync(text)).ShouldBe(1);

        _cli.Host.Accepted.Count.ShouldBe(2);
        _cli.Output.ShouldContain("line 1 invalid_json: the item is no JSON at its byte 1 of 22");
        _cli.Output.ShouldContain("line 2 invalid_json");
        _cli.Output.ShouldContain("2 accepted, 0 skipped, 2 rejected.");
        JsonNode[] refused = Refused();
        refused.Select(item => item["line"]!.GetValue<int>()).ShouldBe([1, 2]);
        refused[0]["text"]!.GetValue<string>().ShouldBe("# export of 2026-11-20");
        refused[0]["code"]!.GetValue<string>().ShouldBe("invalid_json");
    }

    [Fact]
    public async Task Lines_that_the_host_rejects_are_told_and_kept_like_those_that_were_not_sent()
    {
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 1, "skipped": 0, "rejected": [{"index": 1, "code": "key_wrong", "message": "not [yours]"}]}""");
        (await ImportAsync($"{Event(0)}\n\n{Event(1)}\n")).ShouldBe(1);
        _cli.Output.ShouldContain("line 3 key_wrong: not [yours]");
        Refused().ShouldHaveSingleItem()["text"]!.GetValue<string>().ShouldBe(Event(1));
    }

    [Fact]
    public async Task A_line_over_the_limit_costs_itself_only()
    {
        _cli.Host.AcceptsEvents = true;
        string large = Event(99, $"\"x\":\"{new string('x', 1_200_000)}\"");

        (await ImportAsync(Events(0, 10) + large + "\n" + Events(10, 10))).ShouldBe(1);

        _cli.Host.Accepted.Count.ShouldBe(20);
        _cli.Output.ShouldContain($"line 11 event_too_large: the event has {large.Length} bytes; the limit is 240000");
        JsonNode refused = Refused().ShouldHaveSingleItem();
        refused["line"]!.GetValue<int>().ShouldBe(11);
        refused["text"]!.GetValue<string>().ShouldBe(large);
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(_cli.Folder, "e.ndjson.refused.ndjson")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    [Fact]
    public async Task A_body_that_the_host_takes_as_too_large_is_sent_in_halves_and_a_single_event_is_refused()
    {
        for (int i = 0; i < 2; i++)
        {
            _cli.Host.Answer(HttpStatusCode.RequestEntityTooLarge, """{"code": "body_too_large", "message": "too large"}""");
        }

        _cli.Host.AcceptsEvents = true;

        (await ImportAsync(Events(0, 3))).ShouldBe(1);

        _cli.Host.Calls.Select(call => call.Body.Count(c => c == '\n')).ShouldBe([3, 1, 2]);
        _cli.Output.ShouldContain("line 1 body_too_large");
    }

    [Fact]
    public async Task Bytes_that_are_no_UTF_8_cost_their_line_only()
    {
        _cli.Host.AcceptsEvents = true;
        string file = _cli.Write("e.ndjson", [.. System.Text.Encoding.UTF8.GetBytes(Event(0) + "\n"), .. "{\"type\":\"track\",\"event\":\"M\xFCnster\"}\n".Select(c => (byte)c), .. System.Text.Encoding.UTF8.GetBytes(Event(1))]);
        (await _cli.RunAsync("import", file)).ShouldBe(1);
        _cli.Host.Accepted.Count.ShouldBe(2);
        _cli.Output.ShouldContain("line 2 invalid_encoding");
    }

    [Fact]
    public async Task An_import_goes_through_gateways_that_fail_and_lost_connections_with_nothing_left_out_and_nothing_twice()
    {
        int calls = 0;
        _cli.Host.AcceptsEvents = true;
        string events = Events(0, 10_000);
        _cli.Host.BeforeAnswer = () =>
        {
            switch (++calls)
            {
                case 3:
                    _cli.Host.Answer(HttpStatusCode.BadGateway, "<html>Bad Gateway</html>");
                    break;
                case 5:
                    _cli.Host.Answer(HttpStatusCode.GatewayTimeout, "");
                    break;
                case 7:
                    _cli.Host.Fail(new HttpRequestException("lost"));
                    break;
                case 9:
                    _cli.Host.Fail(new IOException("lost"));
                    break;
            }
        };

        (await ImportAsync(events)).ShouldBe(0);

        _cli.Host.Accepted.Select(item => item["messageId"]!.GetValue<string>()).ShouldBe(Enumerable.Range(0, 10_000).Select(i => $"m-{i}"));
        _cli.Output.ShouldContain("It answered 502 at http://127.0.0.1:7071/; trying again in 2 s, and for 15 min at most.");
        _cli.Output.ShouldContain("It answered 504");
        _cli.Output.ShouldContain("No answer yet at http://127.0.0.1:7071/");
    }

    [Fact]
    public async Task An_import_tells_at_once_whose_answer_it_waits_for()
    {
        string told = "";
        _cli.Host.Answer(HttpStatusCode.Accepted, Accepted, before: () => told = _cli.Output);

        (await ImportAsync(Event(0))).ShouldBe(0);

        told.ShouldContain("to http://127.0.0.1:7071/, and waiting for its first answer…");
    }

    [Fact]
    public async Task A_wait_is_as_long_as_the_host_says_else_longer_each_time()
    {
        foreach (TimeSpan? after in new TimeSpan?[] { null, TimeSpan.FromSeconds(7), null, null, null, null, null })
        {
            _cli.Host.Answer(HttpStatusCode.ServiceUnavailable, """{"code": "busy", "message": ""}""", after);
        }

        _cli.Host.Answer(HttpStatusCode.Accepted, Accepted);

        (await ImportAsync(Event(0))).ShouldBe(0);

        string[] waits = [.. _cli.Output.Split('\n').Where(line => line.Contains("trying again", StringComparison.Ordinal)).Select(line => line.Split(" in ")[^1].Split(',')[0])];
        waits.ShouldBe(["2 s", "7 s", "8 s", "16 s", "30 s", "30 s", "30 s"]);
    }

    [Fact]
    public async Task A_host_that_never_answers_stops_the_import_which_can_be_resumed()
    {
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 500, "skipped": 0, "rejected": []}""");
        NeverAnswers(null);

        string file = _cli.Write("e.ndjson", Events(0, 501));
        (await _cli.RunAsync("import", file)).ShouldBe(1);
        _cli.Output.ShouldContain("Nothing that can answer now is at http://127.0.0.1:7071/");
        _cli.Output.ShouldContain($"Resume with: import {file}");
    }

    [Theory]
    [InlineData(5, 150, 182)]
    [InlineData(0, 700, 902)]
    [InlineData(400, 4, 5)]
    [InlineData(99_999_999, 2, 3)]
    public async Task A_batch_is_tried_for_a_quarter_of_an_hour_whatever_the_host_asks_for(int retryAfterSeconds, int atLeast, int atMost)
    {
        NeverAnswers(TimeSpan.FromSeconds(retryAfterSeconds));

        (await ImportAsync(Event(0))).ShouldBe(1);

        _cli.Host.Calls.Count.ShouldBeInRange(atLeast, atMost);
        _cli.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"accepted": 2, "rejected": []}""")]
    [InlineData("""{"accepted": 4, "rejected": []}""")]
    [InlineData("""{"accepted": "3", "rejected": []}""")]
    [InlineData("""{"accepted": 3}""")]
    [InlineData("""{"accepted": 2, "rejected": [7]}""")]
    [InlineData("""{"accepted": 2, "rejected": [{"index": 3}]}""")]
    [InlineData("""{"accepted": 2, "rejected": [{"index": "x"}]}""")]
    [InlineData("""{"accepted": -1, "skipped": 4, "rejected": []}""")]
    public async Task An_answer_that_does_not_account_for_each_event_stops_the_import(string answer)
    {
        _cli.Host.Answer(HttpStatusCode.OK, answer);

        (await ImportAsync(Events(0, 3))).ShouldBe(1);

        _cli.Output.ShouldContain("What is at http://127.0.0.1:7071/ answered, but not what became of the events: it is no host of the destination.");
        _cli.Output.ShouldContain("0 accepted, 0 skipped, 0 rejected.");
    }

    [Theory]
    [InlineData(HttpStatusCode.Found, "")]
    [InlineData(HttpStatusCode.OK, "<html></html>")]
    [InlineData(HttpStatusCode.InternalServerError, "")]
    public async Task An_answer_without_a_reason_is_told_as_none_of_a_host(HttpStatusCode status, string answer)
    {
        _cli.Host.Answer(status, answer);

        (await ImportAsync(Events(0, 3))).ShouldBe(1);

        _cli.Output.ShouldContain($"What is at http://127.0.0.1:7071/ answered {(int)status} without saying why");
    }

    [Fact]
    public async Task A_refused_import_goes_on_where_it_stopped_with_its_counts()
    {
        string file = _cli.Write("e.ndjson", "no event\n" + Events(0, 500));
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 499, "skipped": 0, "rejected": []}""");
        _cli.Host.Answer(HttpStatusCode.Unauthorized, """{"code": "key_wrong", "message": "The key is not known."}""");
        (await _cli.RunAsync("import", file)).ShouldBe(1);
        _cli.Output.ShouldContain("401 key_wrong");
        _cli.Output.ShouldContain($"Resume with: import {file}");
        File.Exists(file + ".import.json").ShouldBeTrue();

        _cli.Host.AcceptsEvents = true;
        (await _cli.RunAsync("import", file)).ShouldBe(1);

        _cli.Output.ShouldContain("Going on after line 500");
        _cli.Host.Accepted.ShouldHaveSingleItem()["messageId"]!.GetValue<string>().ShouldBe("m-499");
        _cli.Output.ShouldContain("500 accepted, 0 skipped, 1 rejected.");
        Refused().Length.ShouldBe(1);
        File.Exists(file + ".import.json").ShouldBeFalse();
    }

    [Fact]
    public async Task An_interrupted_import_is_finished_by_the_same_command_and_sends_nothing_with_another_id()
    {
        using var stop = new CancellationTokenSource();
        string events = string.Concat(Enumerable.Repeat("""{"type":"track","event":"E","userId":"u-1","properties":{}}""" + "\n", 1_200));
        string file = _cli.Write("e.ndjson", events);
        _cli.Host.AcceptsEvents = true;
        _cli.Host.BeforeAnswer = () =>
        {
            if (_cli.Host.Calls.Count == 2)
            {
                stop.Cancel();
            }
        };
        (await _cli.RunAsync(stop.Token, "import", file)).ShouldBe(1);
        _cli.Output.ShouldContain("Interrupted.");

        _cli.Host.BeforeAnswer = null;
        (await _cli.RunAsync("import", file)).ShouldBe(0);

        _cli.Host.Accepted.Select(item => item["messageId"]!.GetValue<string>()).Distinct().Count().ShouldBe(1_200);
        _cli.Output.ShouldContain("1,200 accepted");
    }

    [Fact]
    public async Task Another_file_under_the_name_of_an_interrupted_one_is_refused_before_anything_is_sent()
    {
        string file = await InterruptedAsync();
        _cli.Write("e.ndjson", Events(1, 600));

        (await _cli.RunAsync("import", file)).ShouldBe(1);
        _cli.Output.ShouldContain("the file is not the one whose import was interrupted");

        _cli.Write("e.ndjson", Events(0, 3));
        (await _cli.RunAsync("import", file)).ShouldBe(1);
        _cli.Output.ShouldContain("it ends before line 500");
        _cli.Host.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_state_of_another_host_or_a_broken_one_is_no_state()
    {
        string file = await InterruptedAsync();

        (await _cli.RunAsync("import", file, "--url", "http://other.example")).ShouldBe(1);
        _cli.Output.ShouldContain("is of an interrupted import to http://127.0.0.1:7071/: give --url http://127.0.0.1:7071/ to go on, or remove it");

        _cli.Write("e.ndjson.import.json", "{");
        (await _cli.RunAsync("import", file)).ShouldBe(1);
        _cli.Output.ShouldContain("is no state of an import");
        _cli.Host.Calls.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("reading", null)]
    [InlineData("fingerprint", null)]
    [InlineData("items", -1)]
    [InlineData("refusedBytes", -1)]
    public async Task A_state_that_lacks_something_or_makes_no_sense_is_none(string member, int? value)
    {
        string file = await InterruptedAsync();
        JsonObject state = JsonNode.Parse(await File.ReadAllTextAsync(file + ".import.json"))!.AsObject();
        state.Remove(member);
        if (value is not null)
        {
            state[member] = value;
        }

        _cli.Write("e.ndjson.import.json", state.ToJsonString());

        (await _cli.RunAsync("import", file)).ShouldBe(1);

        _cli.Output.ShouldContain("is no state of an import");
        _cli.Host.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_file_that_has_grown_since_it_was_interrupted_goes_on()
    {
        string file = await InterruptedAsync();
        _cli.Write("e.ndjson", Events(0, 700));
        _cli.Host.AcceptsEvents = true;

        (await _cli.RunAsync("import", file)).ShouldBe(0);

        _cli.Host.Accepted.Select(item => item["messageId"]!.GetValue<string>()).ShouldBe(Enumerable.Range(500, 200).Select(i => $"m-{i}"));
    }

    [Fact]
    public async Task Standard_input_is_imported_and_resumed_with_a_state_that_is_named()
    {
        _cli.Input = System.Text.Encoding.UTF8.GetBytes(Events(0, 501));
        string state = Path.Combine(_cli.Folder, "state.json");
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 500, "skipped": 0, "rejected": []}""");
        _cli.Host.Answer(HttpStatusCode.Unauthorized, "");
        (await _cli.RunAsync("import", "-", "--state", state)).ShouldBe(1);
        _cli.Output.ShouldContain($"Resume with: import - --state {state}");

        _cli.Host.AcceptsEvents = true;
        (await _cli.RunAsync("import", "-", "--state", state)).ShouldBe(0);
        _cli.Host.Accepted.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Several_files_are_imported_in_turn()
    {
        _cli.Host.AcceptsEvents = true;
        (await _cli.RunAsync("import", _cli.Write("a.ndjson", Event(0) + "\nx\n"), _cli.Write("b.csv", "type,userId\nidentify,u1\n"))).ShouldBe(1);
        _cli.Host.Accepted.Count.ShouldBe(2);
        (await _cli.RunAsync("import", "a", "b", "--state", "s")).ShouldBe(1);
    }

    [Theory]
    [InlineData("--reherse", "'--reherse' is no option of import. A file of that name is given as ./--reherse")]
    [InlineData("--dry-run", "'--dry-run' is no option of import")]
    [InlineData("--Rehearse", "'--Rehearse' is no option of import")]
    [InlineData("-n", "'-n' is no option of import")]
    [InlineData("--format=2", "'2' is no format; there are ndjson, json and csv.")]
    public async Task An_option_that_is_none_is_told_before_anything_is_sent(string option, string message)
    {
        string file = _cli.Write("e.ndjson", Event(0));

        (await _cli.RunAsync("import", file, option)).ShouldBe(2);
        (await _cli.RunAsync("import", option, file)).ShouldBe(2);

        _cli.Errors.ShouldContain(message);
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_wrong_with_a_later_file_is_told_before_the_first_is_sent()
    {
        string file = _cli.Write("a.ndjson", Event(0));
        string folder = Directory.CreateDirectory(Path.Combine(_cli.Folder, "folder.ndjson")).FullName;
        string foreign = _cli.Write("b.ndjson", "hello\n");

        (await _cli.RunAsync("import", file, "--scan=maybe")).ShouldBe(1);
        _cli.Output.ShouldContain("There is no file maybe.");
        (await _cli.RunAsync("import", file, folder)).ShouldBe(1);
        _cli.Output.ShouldContain($"{folder} is a folder; name its files.");
        (await _cli.RunAsync("import", file, foreign)).ShouldBe(1);
        _cli.Output.ShouldContain($"{foreign} can't be imported: no line at its beginning is a JSON object");
        (await _cli.RunAsync("import", file, file)).ShouldBe(1);
        _cli.Output.ShouldContain($"{file} is named twice.");
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_whose_name_begins_as_an_option_does_is_given_with_its_folder()
    {
        _cli.Host.AcceptsEvents = true;

        (await _cli.RunAsync("import", _cli.Write("--e.ndjson", Event(0)))).ShouldBe(0);

        _cli.Host.Accepted.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_map_without_a_CSV_is_told_before_anything_is_sent()
    {
        string map = _cli.Write("map.json", "{}");

        (await _cli.RunAsync("import", _cli.Write("e.ndjson", Event(0)), "--map", map)).ShouldBe(1);

        _cli.Output.ShouldContain("--map says what the columns of a CSV are, and none of the files is one.");
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_rehearsal_maps_everything_tells_what_would_come_of_it_and_sends_nothing()
    {
        string text = string.Join('\n',
            Event(0),
            """{"type":"identify","anonymousId":"d1","messageId":"a","timestamp":"2026-11-20T08:30:00Z","traits":{"plan":"gold"}}""",
            """{"type":"identify","userId":"u1","messageId":"b","timestamp":"2026-11-20T08:30:00Z","traits":{"email":[],"bio":"BIO"}}""".Replace("BIO", new string('x', 1_001), StringComparison.Ordinal),
            "no event");

        (await _cli.RunAsync("import", _cli.Write("e.ndjson", text), "--rehearse")).ShouldBe(1);

        _cli.Host.Calls.ShouldBeEmpty();
        _cli.Output.ShouldContain("1 would be delivered. Nothing was sent.");
        _cli.Output.ShouldContain("skipped: 1 unidentified");
        _cli.Output.ShouldContain("dead letters: 1 limit_exceeded");
        _cli.Output.ShouldContain("1 email_unreadable");
        _cli.Output.ShouldContain("line 3 limit_exceeded: traits.bio: the attribute's value has 1001 bytes; the limit is 1000");
        _cli.Output.ShouldContain("1 refused: no events");
        File.Exists(Path.Combine(_cli.Folder, "e.ndjson.rehearsed.ndjson")).ShouldBeTrue();
        File.Exists(Path.Combine(_cli.Folder, "e.ndjson.import.json")).ShouldBeFalse();
    }

    private async Task<string> InterruptedAsync()
    {
        string file = _cli.Write("e.ndjson", Events(0, 600));
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 500, "skipped": 0, "rejected": []}""");
        _cli.Host.Answer(HttpStatusCode.Unauthorized, """{"code": "key_wrong", "message": ""}""");
        (await _cli.RunAsync("import", file)).ShouldBe(1);
        return file;
    }

    private void NeverAnswers(TimeSpan? retryAfter)
    {
        for (int i = 0; i < 1_000; i++)
        {
            _cli.Host.Answer(HttpStatusCode.ServiceUnavailable, "", retryAfter);
        }
    }

    private Task<int> ImportAsync(string text) => _cli.RunAsync("import", _cli.Write("e.ndjson", text));

    private JsonNode[] Refused() =>
        [.. File.ReadAllLines(Path.Combine(_cli.Folder, "e.ndjson.refused.ndjson")).Select(line => JsonNode.Parse(line)!)];

    private static string Events(int first, int count) => string.Concat(Enumerable.Range(first, count).Select(i => Event(i) + "\n"));

    private static string Event(int number, string properties = "") => string.Create(
        CultureInfo.InvariantCulture, $$$"""{"type":"track","event":"E","userId":"u-{{{number}}}","messageId":"m-{{{number}}}","timestamp":"2026-11-20T08:30:00Z","properties":{{{{properties}}}}}""");
}
