using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.LocalHost.Tests.Delivery;

/// <summary>What Customer.io knows after each kind of event, written down by hand: each mode must leave exactly that behind.</summary>
public sealed class EndStateTests
{
    private const string Rules = """
        {
          "aliases": true,
          "devices": true,
          "objects": { "update": ["Account Updated"], "delete": ["Account Closed"] },
          "lifecycle": { "delete": ["User Deleted"], "suppress": ["User Erased"], "unsuppress": ["User Restored"] }
        }
        """;

    private static readonly JsonArray Kinds = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "end-states.json")))!.AsArray();

    [Theory]
    [InlineData("single", "false")]
    [InlineData("batch", "false")]
    [InlineData("batch", "true")]
    public async Task Each_kind_leaves_behind_what_it_is_to(string mode, string batchAnonymous)
    {
        using var folder = new TemporaryFolder();
        string rules = Path.Combine(folder.Path, "destination.json");
        await File.WriteAllTextAsync(rules, Rules);
        await using VirtualHost host = await VirtualHost.StartAsync(1000, $"--Delivery:Mode={mode}", $"--Delivery:BatchAnonymous={batchAnonymous}", $"--Rules:Path={rules}");
        await host.RunUntilAsync(() => Task.FromResult(host.Sandbox.GetStats().Requests > 0), TimeSpan.FromMilliseconds(10), "the first ping");

        Kinds.Count.ShouldBeGreaterThanOrEqualTo(20);
        foreach (JsonObject kind in Kinds.Select(node => node!.AsObject()))
        {
            string name = kind["kind"]!.GetValue<string>();
            await host.RestAsync();
            host.Forget();
            await DeliverAsync(host, name, kind["events"]);
            await DeliverAsync(host, name + " later", kind["later"]);

            JsonObject actual = Told(host.Sandbox.GetState());
            JsonNode.DeepEquals(actual, kind["state"]).ShouldBeTrue($"{name}: expected {kind["state"]!.ToJsonString()} but it is {actual.ToJsonString()}");
        }
    }

    private static async Task DeliverAsync(VirtualHost host, string name, JsonNode? events)
    {
        if (events is null)
        {
            return;
        }

        JsonArray sent = events.DeepClone().AsArray();
        for (int number = 0; number < sent.Count; number++)
        {
            sent[number]!["messageId"] = string.Create(CultureInfo.InvariantCulture, $"{name} {number}");
        }

        // What is received at the time of a suppression is older than it.
        host.Time.Advance(TimeSpan.FromSeconds(1));
        await host.PostBodyAsync(sent);
        await host.RunUntilAsync(async () => await host.Http.WaitingAsync() == 0, TimeSpan.FromMilliseconds(50), $"{name} to be delivered");
        await host.RestAsync();
    }

    // Without what the workspace makes up itself, and without what is empty.
    private static JsonObject Told(SandboxState state)
    {
        JsonObject told = JsonSerializer.SerializeToNode(
            state with
            {
                People = [.. state.People.OrderBy(person => person.Id, StringComparer.Ordinal)],
                Suppressed = [.. state.Suppressed.Where(identifier => !identifier.StartsWith("cio_", StringComparison.Ordinal))],
            },
            JsonSerializerOptions.Web)!.AsObject();
        foreach (JsonObject person in told["people"]!.AsArray().Select(node => node!.AsObject()))
        {
            person.Remove("cioId");
            foreach (JsonObject received in person["events"]!.AsArray().Select(node => node!.AsObject()))
            {
                received.Remove("id");
            }
        }

        foreach (JsonObject received in told["anonymousEvents"]!.AsArray().Select(node => node!.AsObject()))
        {
            received.Remove("id");
        }

        Prune(told);
        return told;
    }

    private static void Prune(JsonNode? node)
    {
        foreach (JsonNode? item in node as JsonArray ?? [])
        {
            Prune(item);
        }

        foreach ((string name, JsonNode? value) in (node as JsonObject ?? []).ToArray())
        {
            if (name == "data")
            {
                continue;
            }

            Prune(value);
            if (value is null or JsonArray { Count: 0 } or JsonObject { Count: 0 } || (name == "unsubscribed" && value.GetValueKind() == JsonValueKind.False))
            {
                node!.AsObject().Remove(name);
            }
        }
    }
}
