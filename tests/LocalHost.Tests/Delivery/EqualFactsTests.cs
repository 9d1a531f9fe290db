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
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(10);

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

    private static async Task<Dictionary<string, string>> DeliverAsync(List<(string Name, JsonObject Given)> cases, params string[] settings)
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
                MakeUnique(item, "messageId", name);
                MakeUnique(item["properties"] as JsonObject, "$insert_id", name);
                yield return (name, given);
            }
        }
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

    // Generated ids are nobody's facts.
    private static string Comparable(SandboxState state) =>
        JsonSerializer.Serialize(state with { People = [.. state.People.Select(person => person with { CioId = "" })] }, JsonSerializerOptions.Web);
}
