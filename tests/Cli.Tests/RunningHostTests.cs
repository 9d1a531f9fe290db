using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.Cli.Tests;

/// <summary>The command line as a process of its own, against a host that is one too: nothing between them is a stand-in.</summary>
public sealed class RunningHostTests : IAsyncLifetime, IDisposable
{
    private const int Letters = 12_000;
    private const int APost = 1_000;

    private readonly TemporaryFolder _folder = new();
    private ChildProcess _host = null!;
    private HttpClient _http = null!;

    public async Task InitializeAsync()
    {
        _host = HostProcess.Start(_folder.Path, ["--Urls=http://127.0.0.1:0", "--Sandbox:Port=0", $"--Queue:Path={_folder.Queue}", "--Logging:LogLevel:Default=Error"]);
        _http = new HttpClient { BaseAddress = await _host.BaseAddressAsync() };
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_story_of_an_event_is_told_from_its_acceptance_to_its_delivery()
    {
        JsonNode answer = await PostAsync("""{"type": "track", "event": "Booked", "userId": "u-1", "messageId": "m-1"}""");
        string id = answer["eventIds"]![0]!.GetValue<string>();
        await Eventually.BecomesTrueAsync(async () => await _http.WaitingAsync() == 0, "the event to be delivered");

        await using ChildProcess told = Destination("story", id);
        await told.WaitForExitAsync();

        string[] lines = told.Output.Split('\n');
        told.ExitCode.ShouldBe(0, told.Output);
        lines[0].ShouldBe($"track {id}");
        lines[1].ShouldEndWith("Accepted");
        lines[^1].ShouldContain("Delivered (HTTP 200, ");
    }

    [Fact]
    public async Task Ctrl_C_stops_a_replay_between_two_passes_and_the_next_replay_takes_each_letter_once()
    {
        for (int from = 0; from < Letters; from += APost)
        {
            await PostAsync(string.Join('\n', Enumerable.Range(from, APost).Select(n => string.Create(CultureInfo.InvariantCulture, $$"""{"type": "track", "event": "Lost", "messageId": "m-{{n}}"}"""))));
        }

        await AllLieInTheDeadLettersAsync();
        await using (ChildProcess stopped = Destination("dead-letters", "replay", "--all"))
        {
            await stopped.LineAsync("5,000 replayed, going on");
            await stopped.InterruptAsync();

            stopped.Output.ShouldContain("Stopping when the call under way has ended…");
            stopped.Output.ShouldMatch("Stopped: there are more. 10,000 replayed: 0 delivered, ");
            stopped.ExitCode.ShouldBe(1, stopped.Output);
        }

        await AllLieInTheDeadLettersAsync();
        (await StatusAsync())["counts"]!["deadLettered"]!["missing_identifier"]!.GetValue<int>().ShouldBe(Letters + 10_000);

        await using ChildProcess replayed = Destination("dead-letters", "replay", "--all");
        await replayed.WaitForExitAsync();

        replayed.Output.ShouldContain("12,000 replayed: 0 delivered, 12,000 came back (missing_identifier 12,000).");
        (replayed.Output.Split("going on…").Length - 1).ShouldBe(2, replayed.Output);
        replayed.ExitCode.ShouldBe(1, "All of them came back.");
        (await StatusAsync())["counts"]!["deadLettered"]!["missing_identifier"]!.GetValue<int>().ShouldBe(Letters + 10_000 + Letters);
    }

    // From its own folder: beside the tests it would miss what they take from ASP.NET.
    private ChildProcess Destination(params string[] arguments) => ChildProcess.Start(
        Path.Combine(AppContext.BaseDirectory.Replace(Path.Combine("tests", "Cli.Tests"), Path.Combine("src", "Cli"), StringComparison.Ordinal), "destination.dll"), _folder.Path, [.. arguments, "--url", _http.BaseAddress!.ToString()]);

    private async Task AllLieInTheDeadLettersAsync() => await Eventually.BecomesTrueAsync(
        async () => await _http.WaitingAsync() == 0 && (await StatusAsync())["queue"]!["deadLettered"]!.GetValue<int>() == Letters, "all letters to lie in the dead letters");

    private async Task<JsonNode> StatusAsync() => JsonNode.Parse(await _http.GetStringAsync("/api/status"))!;

    private async Task<JsonNode> PostAsync(string events)
    {
        using var body = new StringContent(events, Encoding.UTF8);
        using HttpResponseMessage response = await _http.PostAsync("/api/events", body);
        response.EnsureSuccessStatusCode();
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }
}
