using System.Net;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

public sealed class ImportCommandTests : IDisposable
{
    private readonly CliRig _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Events_go_to_the_import_lane_with_the_key()
    {
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 2, "skipped": 1, "rejected": []}""");
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", "{\"a\":1}\n\n{\"a\":2}\r\n{\"a\":3}"), "--key", "the key", "--url", "http://host.example/base")).ShouldBe(0);

        StubHost.Call call = _cli.Host.Calls.ShouldHaveSingleItem();
        call.Path.ShouldBe("/base/api/events");
        call.Body.ShouldBe("{\"a\":1}\n{\"a\":2}\r\n{\"a\":3}");
        call.Headers["X-Lane"].ShouldBe("import");
        call.Headers["X-Ingest-Key"].ShouldBe("the key");
        _cli.Output.ShouldContain("2 accepted, 1 skipped, 0 rejected.");
    }

    [Fact]
    public async Task A_large_file_is_sent_in_pieces()
    {
        string line = $"{{\"x\":\"{new string('x', 200_000)}\"}}\n";
        for (int i = 0; i < 3; i++)
        {
            _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 2, "skipped": 0, "rejected": []}""");
        }

        (await _cli.RunAsync("import", _cli.Write("e.ndjson", string.Concat(Enumerable.Repeat(line, 6))))).ShouldBe(0);

        _cli.Host.Calls.ShouldAllBe(call => call.Body == line + line);
        _cli.Output.ShouldContain("6 accepted");
    }

    [Fact]
    public async Task More_than_five_hundred_events_are_sent_in_pieces()
    {
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 500, "skipped": 0, "rejected": []}""");
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 1, "skipped": 0, "rejected": []}""");
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", string.Concat(Enumerable.Repeat("{}\n", 501))))).ShouldBe(0);
        _cli.Host.Calls[1].Body.ShouldBe("{}\n");
    }

    [Fact]
    public async Task Lines_that_are_no_events_are_told_by_number_and_the_rest_goes_on()
    {
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 1, "skipped": 0, "rejected": [{"index": 1, "code": "invalid_json", "message": "no JSON [here]"}]}""");
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", "{}\n\nx\n"))).ShouldBe(1);
        _cli.Output.ShouldContain("line 3 invalid_json: no JSON [here]");
    }

    [Fact]
    public async Task A_refused_import_tells_where_to_resume()
    {
        string file = _cli.Write("e.ndjson", string.Concat(Enumerable.Repeat("{}\n", 501)));
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 500, "skipped": 0, "rejected": []}""");
        _cli.Host.Answer(HttpStatusCode.Unauthorized, """{"code": "key_wrong", "message": "The key is not known."}""");
        (await _cli.RunAsync("import", file)).ShouldBe(1);
        _cli.Output.ShouldContain("401 key_wrong");
        _cli.Output.ShouldContain($"Resume with: import {file} --offset 1500");

        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 1, "skipped": 0, "rejected": []}""");
        (await _cli.RunAsync("import", file, "--offset", "1500")).ShouldBe(0);
        _cli.Host.Calls[^1].Body.ShouldBe("{}\n");
    }

    [Fact]
    public async Task A_busy_host_is_waited_for()
    {
        _cli.Host.Answer(HttpStatusCode.ServiceUnavailable, """{"code": "busy", "message": ""}""", TimeSpan.Zero);
        _cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 1, "skipped": 0, "rejected": []}""");
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", "{}"))).ShouldBe(0);
        _cli.Host.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_host_that_is_not_there_is_told_at_once_and_each_time()
    {
        using CliRig cli = new() { Time = new QuickTime() };
        cli.Host.Answer(HttpStatusCode.ServiceUnavailable, """{"code": "busy", "message": ""}""");
        cli.Host.Answer(HttpStatusCode.ServiceUnavailable, """{"code": "busy", "message": ""}""", TimeSpan.FromSeconds(7));
        cli.Host.Answer(HttpStatusCode.Accepted, """{"accepted": 1, "skipped": 0, "rejected": []}""");

        (await cli.RunAsync("import", cli.Write("e.ndjson", "{}"), "--url", "http://host.example")).ShouldBe(0);

        cli.Output.ShouldContain("No answer yet at http://host.example/ (1 of 30); trying again in 2 s.");
        cli.Output.ShouldContain("No answer yet at http://host.example/ (2 of 30); trying again in 7 s.");
    }

    [Theory]
    [InlineData("-1")]
    [InlineData("4")]
    public async Task A_place_outside_the_file_is_refused(string offset) =>
        (await _cli.RunAsync("import", _cli.Write("e.ndjson", "{}\n"), "--offset", offset)).ShouldBe(1);

    [Fact]
    public async Task An_empty_file_is_done_at_once() => (await _cli.RunAsync("import", _cli.Write("e.ndjson", "\n \n"))).ShouldBe(0);
}
