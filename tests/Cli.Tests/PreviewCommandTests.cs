using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

public sealed class PreviewCommandTests : IDisposable
{
    private readonly CliRig _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task The_call_and_each_transformation_are_shown()
    {
        (await PreviewAsync("""{"type": "track", "event": "Purchase", "userId": "u1", "properties": {"sum": "[5]"} }""")).ShouldBe(0);
        _cli.Output.ShouldContain("0 track deliver");
        _cli.Output.ShouldContain("transformations[0] renameProperty (money) sum: \"[5]\" → nothing");
        _cli.Output.ShouldContain("POST https://track.customer.io/api/v1/customers/u1/events");
        _cli.Output.ShouldContain("\"total\": \"[5]\"");
    }

    [Fact]
    public async Task The_rule_that_skips_an_event_is_named()
    {
        (await PreviewAsync("""{"type": "page", "userId": "u1", "name": "x"}""")).ShouldBe(0);
        _cli.Output.ShouldContain("0 page skip not_enabled by pages");
    }

    [Fact]
    public async Task A_rejected_event_exits_with_one()
    {
        (await PreviewAsync("""{"type": "track", "event": "x"}""")).ShouldBe(1);
        _cli.Output.ShouldContain("missing_identifier");
    }

    [Fact]
    public async Task Json_is_what_the_http_api_answers()
    {
        (await PreviewAsync("""[{"type": "track", "event": "x", "userId": "u1", "properties": {"sum": 5} }, 7]""", "--json")).ShouldBe(1);
        JsonArray items = JsonNode.Parse(_cli.Output)!.AsArray();
        items[0]!["transformations"]![0]!["before"]!.GetValue<int>().ShouldBe(5);
        items[0]!["requests"]![0]!["body"]!["name"]!.GetValue<string>().ShouldBe("x");
        items[1]!["outcome"]!.GetValue<string>().ShouldBe("reject");
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    public async Task A_value_can_not_turn_or_hide_the_terminals_text(params string[] options)
    {
        string value = "a\u202Eb\u200Fc\u2067d\U000E0001e😀";
        string events = new JsonObject { ["type"] = "track", ["event"] = "x", ["userId"] = "u1", ["properties"] = new JsonObject { ["note"] = value } }.ToJsonString();

        (await PreviewAsync(events, options)).ShouldBe(0);

        _cli.Output.ShouldContain(@"a\u202Eb\u200Fc\u2067d");
        _cli.Output.EnumerateRunes().Where(rune => System.Text.Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format).ShouldBeEmpty();
        if (options.Length > 0)
        {
            JsonNode.Parse(_cli.Output)![0]!["requests"]![0]!["body"]!["data"]!["note"]!.GetValue<string>().ShouldBe(value);
        }
    }

    [Fact]
    public async Task Rules_that_can_not_be_read_are_told_with_the_command_that_shows_why()
    {
        (await _cli.RunAsync("preview", _cli.Write("events.json", "[]"), "--rules", "none.json")).ShouldBe(1);
        _cli.Output.ShouldContain("run check --rules none.json to see them.");
    }

    [Theory]
    [InlineData("""{"type": "track", "event": "User Deleted", "userId": "u1", "messageId": "m"}""", "DELETE", "/api/v1/customers/u1")]
    [InlineData("""{"type": "track", "event": "Erasure Requested", "userId": "u1", "messageId": "m"}""", "POST", "/api/v1/customers/u1/suppress")]
    [InlineData("""{"type": "track", "event": "Application Uninstalled", "userId": "u1", "messageId": "m", "context": {"device": {"token": "t", "type": "ios"}}}""", "DELETE", "/api/v1/customers/u1/devices/t")]
    public async Task A_request_without_a_body_is_shown_without_one(string item, string method, string path)
    {
        string rules = _cli.Write("lifecycle.json", """{"devices": true, "lifecycle": {"delete": ["User Deleted"], "suppress": ["Erasure Requested"]}}""");
        string events = _cli.Write("lifecycle-event.json", item);

        (await _cli.RunAsync("preview", events, "--rules", rules)).ShouldBe(0);
        _cli.Output.ShouldContain($"{method} https://track.customer.io{path} 0 bytes");

        using CliRig asJson = new();
        (await asJson.RunAsync("preview", events, "--rules", rules, "--json")).ShouldBe(0);
        JsonNode request = JsonNode.Parse(asJson.Output)![0]!["requests"]![0]!;
        request["path"]!.GetValue<string>().ShouldBe(path);
        request["bytes"]!.GetValue<int>().ShouldBe(0);
        request.AsObject().ShouldContain(member => member.Key == "body" && member.Value == null);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_told()
    {
        (await _cli.RunAsync("preview", Path.Combine(_cli.Folder, "nothing.json"))).ShouldBe(1);
        _cli.Output.ShouldContain("There is no file");
    }

    private Task<int> PreviewAsync(string events, params string[] more)
    {
        string rules = _cli.Write("destination.json", """{"pages": false, "transformations": [{"operation": "renameProperty", "on": "events", "property": "sum", "to": "total", "name": "money"}]}""");
        return _cli.RunAsync(["preview", _cli.Write("events.json", events), "--rules", rules, .. more]);
    }
}
