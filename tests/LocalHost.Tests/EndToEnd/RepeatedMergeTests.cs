using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using ServiceBusDouble;
using TrackApiSandbox;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>A merge right after its person was made does nothing at Customer.io: <c>Mapping__RepeatMergeAfter</c> sends it once more, and a kill in between does not lose that.</summary>
public sealed class RepeatedMergeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("single")]
    [InlineData("batch")]
    public Task On_the_embedded_queue(string mode) => MergeAsync($"--Delivery:Mode={mode}");

    [Fact]
    public async Task On_service_bus()
    {
        await using BrokerDouble broker = BrokerDouble.Start(QueueDefinition.AsInAzure("freshpaint-events"));

        await MergeAsync("--Queue:Kind=ServiceBus", $"--ServiceBus={broker.ConnectionString}", "--ServiceBusQueueName=freshpaint-events");
    }

    private static async Task MergeAsync(params string[] settings)
    {
        using var folder = new TemporaryFolder();
        string rules = Path.Combine(folder.Path, "destination.json");
        await File.WriteAllTextAsync(rules, """{"aliases":true}""");
        var options = new SandboxOptions { Port = 0, MergeableAfter = TimeSpan.FromSeconds(5) };
        await using SandboxServer sandbox = await SandboxServer.StartAsync(options, TimeProvider.System, CancellationToken.None);
        string[] all =
        [
            .. Host.Arguments(folder.Queue), "--CustomerIo:SiteId=site", "--CustomerIo:ApiKey=key", $"--CustomerIo:TrackApiUrl={sandbox.BaseAddress}",
            $"--Rules:Path={rules}", "--Mapping:RepeatMergeAfter=00:00:15", .. settings,
        ];
        string alias;
        await using (ChildProcess first = HostProcess.Start(folder.Path, all))
        {
            using var http = new HttpClient { BaseAddress = await first.BaseAddressAsync() };
            alias = await PostAsync(http);
            await Eventually.BecomesTrueAsync(async () => (await WarningsAsync(http, alias)).SequenceEqual(["merge_repeats"]), "the merge to be delivered", Patience);
            await first.KillAsync();
        }

        sandbox.GetState().People.Count.ShouldBe(2, "the merge came too early");
        await using ChildProcess next = HostProcess.Start(folder.Path, all);
        using var later = new HttpClient { BaseAddress = await next.BaseAddressAsync() };
        await Eventually.BecomesTrueAsync(async () => (await WarningsAsync(later, alias)).SequenceEqual(["merge_repeats", "merge_repeated"]), "the repeat to be delivered", Patience);

        var person = sandbox.GetState().People.ShouldHaveSingleItem();
        (person.Id, person.Email, person.Events.Count).ShouldBe(("new", "old@example.com", 1));
        sandbox.GetRequests().Count(request => request.Body.Contains("\"secondary\"", StringComparison.Ordinal)).ShouldBe(2);
    }

    private static async Task<string> PostAsync(HttpClient http)
    {
        JsonArray events = JsonNode.Parse("""
            [
              { "type": "track", "event": "Paid", "userId": "old@example.com", "anonymousId": "d1", "messageId": "1", "timestamp": "2026-11-24T12:00:00Z" },
              { "type": "identify", "traits": { "plan": "gold" }, "userId": "new", "anonymousId": "d1", "messageId": "2", "timestamp": "2026-11-24T12:00:01Z" },
              { "type": "alias", "previousId": "old@example.com", "userId": "new", "anonymousId": "d1", "messageId": "3", "timestamp": "2026-11-24T12:00:02Z" }
            ]
            """)!.AsArray();
        using HttpResponseMessage response = await http.PostAsJsonAsync("/api/events", events);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!["eventIds"]![2]!.GetValue<string>();
    }

    // Those of all deliveries in turn.
    private static async Task<string[]> WarningsAsync(HttpClient http, string eventId)
    {
        using HttpResponseMessage response = await http.GetAsync(new Uri($"/api/events/{eventId}", UriKind.Relative));
        return response.IsSuccessStatusCode
            ? [.. JsonNode.Parse(await response.Content.ReadAsStringAsync())!["steps"]!.AsArray()
                .SelectMany(step => step!["warnings"]?.AsArray() ?? [])
                .Select(warning => warning!["code"]!.GetValue<string>())]
            : [];
    }
}
