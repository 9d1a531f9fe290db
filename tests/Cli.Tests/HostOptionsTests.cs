using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Tests.Support;

namespace CustomerIoDestination.Cli.Tests;

/// <summary>How every command that asks a running host is told where it is and with which key.</summary>
public sealed class HostOptionsTests : IDisposable
{
    private static readonly string[] Keys = ["", " ", "a\r", "a\nb", "a\n", "a\0", "a\t", " a", "a ", "ключ", "clé", "a\u007f"];

    private readonly CliRig _cli = new();

    public void Dispose() => _cli.Dispose();

    public static TheoryData<string[], string> Commands() => new()
    {
        { ["import", "EVENTS"], "The ingest key" },
        { ["story", "01JE"], "The admin key" },
        { ["dead-letters", "list"], "The admin key" },
        { ["dead-letters", "show", "1"], "The admin key" },
        { ["dead-letters", "replay", "1"], "The admin key" },
        { ["dead-letters", "discard", "1", "--yes"], "The admin key" },
        { ["forget", "--id", "u-1"], "The admin key" },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task A_key_that_can_not_be_sent_is_one_message_and_nothing_is_asked(string[] command, string which)
    {
        string events = _cli.Write("e.ndjson", """{"type":"track","event":"E","userId":"u"}""");
        foreach (string key in Keys)
        {
            (await _cli.RunAsync([.. command.Select(word => word == "EVENTS" ? events : word), "--key", key])).ShouldBe(2, $"key '{key}'");
        }

        string message = $"{which} of --key can't be sent: a key is visible ASCII characters, with blanks only between them and without a line end.";
        _cli.Output.ShouldBe(string.Concat(Enumerable.Repeat(message + Environment.NewLine, Keys.Length)));
        _cli.Errors.ShouldBeEmpty();
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_key_of_the_settings_that_can_not_be_sent_is_told_as_theirs()
    {
        _cli.Write("local.settings.json", new JsonObject { ["Values"] = new JsonObject { ["Admin__Keys__0"] = "ein Schlüssel von hier", ["CustomerIo__SiteId"] = "site", ["CustomerIo__ApiKey"] = "api-key-of-this-test" } }.ToJsonString());

        (await _cli.RunAsync("dead-letters", "list")).ShouldBe(2);

        _cli.Output.ShouldContain("The admin key of the settings can't be sent");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task An_address_with_a_user_or_password_is_refused_and_not_shown(string[] command, string which)
    {
        (await _cli.RunAsync([.. command, "--url", "http://ada:geheim@host.example/"])).ShouldBe(2, which);

        _cli.Errors.ShouldContain("The address names a user or password");
        (_cli.Errors + _cli.Output).ShouldNotContain("geheim");
        _cli.Host.Calls.ShouldBeEmpty();
    }
}
