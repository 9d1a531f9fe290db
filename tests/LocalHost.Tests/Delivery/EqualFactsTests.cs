using System.Text.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.LocalHost.Tests.Delivery;

/// <summary>Every golden case of the mapping is delivered in each mode: Customer.io must know the same afterwards.</summary>
public sealed class EqualFactsTests
{
    private const int UlidLength = 26;
    // Far more than a case takes, also where a busy machine lets the virtual clock run on while it waits for an answer.
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(2);

    private const string Rules = """
        {
          "aliases": true,
          "devices": true,
          "objects": { "update": ["Account Updated"], "delete": ["Account Closed"] },
          "lifecycle": { "delete": ["User Deleted"], "suppress": ["User Erased"], "unsuppress": ["User Restored"] }
        }
        """;

    // Whom the cases are about, with what they change or take away.
    private static readonly JsonArray People = JsonNode.Parse("""
        [
          { "type": "identify", "timestamp": "2021-01-01T00:00:00Z", "messageId": "people-0", "userId": "u1", "traits": { "plan": "free", "objectId": "acme" } },
          { "type": "identify", "timestamp": "2021-01-01T00:00:00Z", "messageId": "people-1", "userId": "old", "traits": { "email": "old@example.com" } }
        ]
        """)!.AsArray();

    [Theory]
    [InlineData("--Delivery:BatchAnonymous=false")]
    [InlineData("--Delivery:BatchAnonymous=true")]
    public async Task A_case_leaves_the_same_behind_in_both_modes(string anonymous)
    {
        List<(string Name, JsonObject Given)> cases = [.. Cases(settings: null), ("too big for a batch", Big())];

        Dictionary<string, string> single = await DeliverAsync(cases, "--Delivery:Mode=single");
        Dictionary<string, string> batch = await DeliverAsync(cases, "--Delivery:Mode=batch", anonymous);

        cases.Count.ShouldBeGreaterThan(60);
        foreach ((string name, _) in cases)
        {
            batch[name].ShouldBe(single[name], $"case {name}");
        }
    }

    [Theory]
    [InlineData("Mapping__PersonIdentifier")]
    [InlineData("Mapping__AsOfNow")]
    [InlineData("Mapping__SendNulls")]
    public async Task So_it_does_with_settings(string setting)
    {
        List<(string Name, JsonObject Given)> cases = [.. Cases(setting)];
        string value = SettingOf(cases[0].Name, setting);
        string argument = $"--{setting.Replace("__", ":", StringComparison.Ordinal)}={value}";

        Dictionary<string, string> single = await DeliverAsync(cases, "--Delivery:Mode=single", argument);

        (await DeliverAsync(cases, "--Delivery:Mode=batch", argument)).ShouldBe(single);
    }

    [Fact]
    public async Task So_does_every_kind_that_has_to_be_switched_on()
    {
        using var folder = new TemporaryFolder();
        string rules = Path.Combine(folder.Path, "destination.json");
        await File.WriteAllTextAsync(rules, Rules);
        List<(string Name, JsonObject Given)> cases = [.. EachKind()];

        Dictionary<string, string> single = await DeliverAsync(cases, People, "--Delivery:Mode=single", $"--Rules:Path={rules}");
        Dictionary<string, string> batch = await DeliverAsync(cases, People, "--Delivery:Mode=batch", $"--Rules:Path={rules}");

        cases.Count.ShouldBeGreaterThan(40);
        foreach ((string name, _) in cases)
        {
            batch[name].ShouldBe(single[name], $"case {name}");
        }

        single.Values.Distinct().Count().ShouldBeGreaterThan(12);
    }

    private static Task<Dictionary<string, string>> DeliverAsync(List<(string Name, JsonObject Given)> cases, params string[] settings) => DeliverAsync(cases, null, settings);

    private static async Task<Dictionary<string, string>> DeliverAsync(List<(string Name, JsonObject Given)> cases, JsonArray? before, params string[] settings)
    {
        await using VirtualHost host = await VirtualHost.StartAsync(1000, settings);
        await host.RunUntilAsync(() => Task.FromResult(host.Sandbox.GetStats().Requests > 0), TimeSpan.FromMilliseconds(10), "the first ping");
        var states = new Dictionary<string, string>();
        foreach ((string name, JsonObject given) in cases)
        {
            // Each case is received at the same time in both modes: some events have no time of their own.
            host.Time.Advance(host.Time.Start + ((states.Count + 1) * Between) - host.Time.GetUtcNow());
            await host.RestAsync();
            host.Forget();
            if (before is not null)
            {
                JsonNode unique = before.DeepClone();
                MakeUnique(unique[0]!.AsObject(), "messageId", $"{name}-0");
                MakeUnique(unique[1]!.AsObject(), "messageId", $"{name}-1");
                await host.PostBodyAsync(unique);
                await host.RunUntilAsync(async () => await host.Http.WaitingAsync() == 0, TimeSpan.FromMilliseconds(50), $"the people of case {name} to be delivered");
            }

            await host.PostBodyAsync(given.DeepClone());
            await host.RunUntilAsync(async () => await host.Http.WaitingAsync() == 0, TimeSpan.FromMilliseconds(50), $"case {name} to be delivered");
            host.Sandbox.GetStats().Requests.ShouldBeGreaterThan(0, $"case {name}");
            states.Add(name, Comparable(host.Sandbox.GetState()));
        }

        return states;
    }

    private static IEnumerable<(string Name, JsonObject Given)> Cases(string? settings)
    {
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Cases"), "*.json").Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            JsonObject golden = Load(name);
            bool fits = settings is null ? golden["settings"] is null : golden["settings"]?.AsObject().ContainsKey(settings) == true;
            // The sandbox's server takes no path with a NUL in it, as hardly any does; a batch has no path.
            bool isPathTaken = golden["expect"]!["requests"]?.ToJsonString().Contains("%00", StringComparison.Ordinal) == false;
            if (isPathTaken && golden["rules"] is null && fits)
            {
                JsonObject given = golden["given"]!.AsObject();
                JsonObject item = given["batch"]?[0] as JsonObject ?? given;
                Unique(item, name);
                yield return (name, given);
            }
        }
    }

    private static IEnumerable<(string Name, JsonObject Given)> EachKind() =>
        from file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Cases"), "each-*.json").Order(StringComparer.Ordinal)
        let name = Path.GetFileNameWithoutExtension(file)
        let golden = Load(name)
        where golden["expect"]!["requests"] is not null
        select (name, Unique(golden["given"]!.AsObject(), name));

    private static JsonObject Unique(JsonObject given, string name)
    {
        MakeUnique(given, "messageId", name);
        MakeUnique(given["properties"] as JsonObject, "$insert_id", name);
        return given;
    }

    // Many cases are the same event, and a repeated one is dropped.
    private static void MakeUnique(JsonObject? holder, string field, string name)
    {
        if (holder?[field] is JsonValue value && value.TryGetValue(out string? id) && id.Length != UlidLength)
        {
            holder[field] = name;
        }
    }

    private static string SettingOf(string name, string setting) => Load(name)["settings"]![setting]!.GetValue<string>();

    private static JsonObject Load(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", name + ".json")))!.AsObject();

    private static JsonObject Big()
    {
        JsonObject big = Tracks.Of(0, 1);
        big["properties"] = new JsonObject { ["text"] = new string('x', 40_000) };
        return big;
    }

    // Generated ids, and who was met first, are nobody's facts.
    private static string Comparable(SandboxState state) => JsonSerializer.Serialize(
        state with
        {
            People = [.. state.People.OrderBy(person => person.Id, StringComparer.Ordinal).Select(person => person with { CioId = "" })],
            Suppressed = [.. state.Suppressed.Where(identifier => !identifier.StartsWith("cio_", StringComparison.Ordinal))],
        },
        JsonSerializerOptions.Web);
}
