using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.LocalHost.Tests.Start;

public sealed class ChangedRulesTests
{
    private const string Good = """{"transformations": [{"operation": "stripQuery", "on": "events"}], "privacy": {"allow": {"traits": ["email"]}}}""";

    [Fact]
    public async Task A_changed_rules_file_with_a_mistake_is_told_beside_the_rules_that_stay_in_force()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "rules.json");
        await File.WriteAllTextAsync(file, Good);
        await using Host host = await Host.StartAsync($"--Rules:Path={file}");
        JsonNode before = await RulesAsync(host);
        before.ToJsonString().ShouldBe(new JsonObject
        {
            ["path"] = file,
            ["loadedAt"] = before["loadedAt"]!.DeepClone(),
            ["transformations"] = 1,
            ["privacyMode"] = true,
            ["problems"] = new JsonArray(),
        }.ToJsonString());

        await File.WriteAllTextAsync(file, Good.Replace("privacy", "privcy", StringComparison.Ordinal));
        JsonNode after = before;
        await Eventually.BecomesTrueAsync(async () => (after = await RulesAsync(host))["problems"]!.AsArray().Count > 0, "the mistake to be told");

        JsonNode problem = after["problems"]!.AsArray().ShouldHaveSingleItem()!;
        problem["path"]!.GetValue<string>().ShouldBe("privcy");
        problem["message"]!.GetValue<string>().ShouldStartWith("is unknown; did you mean \"privacy\"?");
        foreach (string same in (string[])["path", "loadedAt", "transformations", "privacyMode"])
        {
            JsonNode.DeepEquals(after[same], before[same]).ShouldBeTrue(same);
        }
    }

    private static async Task<JsonNode> RulesAsync(Host host) => JsonNode.Parse(await host.Http.GetStringAsync("/api/status"))!["rules"]!;
}
