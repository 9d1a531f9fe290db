using System.Net;
using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Cli.Tests;

public sealed class StoryCommandTests : IDisposable
{
    private const string Failing = """
        {"eventId": "01A", "kind": "track", "steps": [
          {"at": "2026-01-01T10:00:00.2Z", "step": "accepted", "outcome": null, "reason": null, "httpStatus": null, "durationMs": null, "nextTryAt": null, "warnings": []},
          {"at": "2026-01-01T10:00:00.3Z", "step": "queued", "outcome": null, "reason": null, "httpStatus": null, "durationMs": null, "nextTryAt": null, "warnings": []},
          {"at": "2026-01-01T10:00:41Z", "step": "tried", "outcome": null, "reason": "http_503", "httpStatus": 503, "durationMs": null, "nextTryAt": "2026-01-01T10:00:49Z", "warnings": []}]}
        """;

    private readonly CliRig _cli = new() { Time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 10, 0, 41, TimeSpan.Zero)) };

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task What_fails_is_told_with_its_reason_and_its_next_try()
    {
        _cli.Host.Answer(HttpStatusCode.OK, Failing);

        (await _cli.RunAsync("story", "0/1", "--key", "k")).ShouldBe(0);

        StubHost.Call call = _cli.Host.Calls.ShouldHaveSingleItem();
        (call.Method, call.Path, call.Headers["X-Admin-Key"]).ShouldBe(("GET", "/api/events/0%2F1", "k"));
        Lines().ShouldBe(
        [
            "track 01A",
            "  2026-01-01 10:00:00Z  Accepted",
            "  2026-01-01 10:00:00Z  Waiting on the queue",
            "  2026-01-01 10:00:41Z  Tried, and will be tried again (http_503, next try in 8 s)",
        ]);
    }

    [Fact]
    public async Task A_dead_letter_that_was_replayed_and_delivered_is_told_with_its_warnings()
    {
        _cli.Host.Answer(HttpStatusCode.OK, """
            {"eventId": "01A", "kind": "identify", "steps": [
              {"at": "2026-01-01T10:00:00Z", "step": "delivery", "outcome": "deadLettered", "reason": "rejected_by_customerio", "httpStatus": 400, "durationMs": 12.5, "nextTryAt": null, "warnings": []},
              {"at": "2026-01-01T10:00:09+01:00", "step": "replayed", "outcome": null, "reason": null, "httpStatus": null, "durationMs": null, "nextTryAt": null, "warnings": []},
              {"at": "2026-01-01T10:00:10Z", "step": "delivery", "outcome": "delivered", "reason": null, "httpStatus": 200, "durationMs": 9, "nextTryAt": null, "warnings": [{"code": "truncated", "field": "traits.bio"}]},
              {"at": "2026-01-01T10:00:11Z", "step": "discarded", "outcome": null, "reason": null, "httpStatus": null, "durationMs": null, "nextTryAt": null, "warnings": []},
              {"at": "2026-01-01T10:00:12Z", "step": "ingest", "outcome": "skipped", "reason": "filtered", "httpStatus": null, "durationMs": null, "nextTryAt": null, "warnings": []},
              {"at": "2026-01-01T10:00:13Z", "step": "delivery", "outcome": "skipped", "reason": "no_email", "httpStatus": null, "durationMs": 0, "nextTryAt": null, "warnings": []},
              {"at": "2026-01-01T10:00:14Z", "step": "delivery", "outcome": "released", "reason": "timeout", "httpStatus": null, "durationMs": 0, "nextTryAt": null, "warnings": []}]}
            """);

        (await _cli.RunAsync("story", "01A")).ShouldBe(0);

        Lines().ShouldBe(
        [
            "identify 01A",
            "  2026-01-01 10:00:00Z  Dead letter (rejected_by_customerio, HTTP 400, 12.5 ms)",
            "  2026-01-01 09:00:09Z  Replayed from the dead letters",
            "  2026-01-01 10:00:10Z  Delivered (HTTP 200, 9 ms)",
            "      truncated: traits.bio",
            "  2026-01-01 10:00:11Z  Discarded from the dead letters",
            "  2026-01-01 10:00:12Z  Skipped when it came in (filtered)",
            "  2026-01-01 10:00:13Z  Skipped (no_email, 0 ms)",
            "  2026-01-01 10:00:14Z  Given back (timeout, 0 ms)",
        ]);
    }

    [Fact]
    public async Task As_json_it_is_what_the_host_answered()
    {
        _cli.Host.Answer(HttpStatusCode.OK, Failing);

        (await _cli.RunAsync("story", "01A", "--json")).ShouldBe(0);

        JsonNode.DeepEquals(JsonNode.Parse(_cli.Output), JsonNode.Parse(Failing)).ShouldBeTrue(_cli.Output);
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    public async Task A_name_can_not_turn_hide_or_colour_the_terminals_text(params string[] options)
    {
        _cli.Host.Answer(HttpStatusCode.OK, """
            {"eventId": "01A\u202Elive", "kind": "track", "steps": [{"at": "2026-01-01T10:00:00Z", "step": "delivery", "outcome": "delivered",
              "warnings": [{"code": "truncated", "field": "traits.[red]\u001B[31m\u2067x\nfake line"}]}]}
            """);

        (await _cli.RunAsync(["story", "01A", .. options])).ShouldBe(0);

        _cli.Output.ShouldNotContain('\u202E');
        _cli.Output.ShouldNotContain('\u2067');
        _cli.Output.ShouldNotContain('\u001B');
        _cli.Output.ShouldContain("[red]");
        Lines().ShouldNotContain(line => line.StartsWith("fake", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    public async Task What_can_be_no_id_asks_the_host_nothing_and_exits_with_2(string id)
    {
        (await _cli.RunAsync("story", id)).ShouldBe(2);

        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_nobody_knows_is_told_and_the_exit_code_is_1()
    {
        _cli.Host.Answer(HttpStatusCode.NotFound, """{"code": "unknown_event", "message": "No event of this id is known; what is known is kept for a bounded time."}""");

        (await _cli.RunAsync("story", "01A")).ShouldBe(1);

        _cli.Output.ShouldContain("404 unknown_event: No event of this id is known; what is known is kept for a bounded time.");
    }

    private string[] Lines() => [.. _cli.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))];
}
