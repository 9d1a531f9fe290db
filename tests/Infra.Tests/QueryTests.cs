using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed partial class QueryTests
{
    [NodeFact("npm")]
    public async Task Every_query_asks_for_tables_and_columns_that_are_documented()
    {
        Dictionary<string, string> queries = Files().ToDictionary(file => file, file => Placeholder().Replace(File.ReadAllText(file), "name"), StringComparer.Ordinal);
        foreach (JsonObject alert in Snapshot.Of("prod").All("Microsoft.Insights/scheduledQueryRules"))
        {
            queries.Add(Snapshot.Text(alert["name"]), Query(alert));
        }

        Dictionary<string, string> wrong = new(StringComparer.Ordinal)
        {
            ["not a query"] = "AppMetrics | whre Name",
            ["no such table"] = "customMetrics | count",
            ["no such column"] = "AppMetrics | where Value > 0",
            ["not of that type"] = "AppMetrics | where Properties.code startswith 5",
        };

        JsonObject problems = await CheckAsync(queries.Concat(wrong).ToDictionary(StringComparer.Ordinal));

        foreach (string name in wrong.Keys)
        {
            problems[name]!.AsArray().ShouldNotBeEmpty(name);
            problems.Remove(name);
        }

        problems.Count.ShouldBeGreaterThan(10);
        problems.ShouldAllBe(query => query.Value!.AsArray().Count == 0, problems.ToJsonString(null));
    }

    [Fact]
    public void Every_query_is_used_and_asks_for_names_the_telemetry_has()
    {
        string modules = string.Concat(Directory.EnumerateFiles(Repository.PathOf("infra/modules"), "*.bicep").Select(File.ReadAllText));
        string telemetry = Repository.Text("infra/modules/telemetry.bicep");

        foreach (string file in Files())
        {
            modules.ShouldContain($"'../queries/{Path.GetFileName(file)}'");
            Placeholder().Matches(File.ReadAllText(file)).ShouldAllBe(match => telemetry.Contains($"var {match.Groups[1].Value} =", StringComparison.Ordinal));
        }
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void No_placeholder_is_left_in_what_is_deployed(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);

        snapshot.All("Microsoft.Insights/scheduledQueryRules").ShouldAllBe(alert => !Placeholder().IsMatch(Query(alert)));
        Placeholder().IsMatch(Snapshot.Text(snapshot.One("Microsoft.Insights/workbooks")["properties"]!["serializedData"])).ShouldBeFalse();
    }

    private static IEnumerable<string> Files() => Directory.EnumerateFiles(Repository.PathOf("infra/queries"), "*.kql");

    private static string Query(JsonObject alert) => Snapshot.Text(alert["properties"]!["criteria"]!["allOf"]![0]!["query"]);

    private static async Task<JsonObject> CheckAsync(Dictionary<string, string> queries)
    {
        string folder = Path.Combine(Repository.Scratch, "kql");
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("tests/Infra.Tests/kql")))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        await File.WriteAllTextAsync(Path.Combine(folder, "queries.json"), JsonSerializer.Serialize(queries));
        CommandResult install = await CommandLine.RunAsync("npm", folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund");
        install.ExitCode.ShouldBe(0, install.Everything);
        CommandResult check = await CommandLine.RunAsync("node", folder, "check.mjs", "queries.json");
        check.ExitCode.ShouldBe(0, check.Everything);
        return JsonNode.Parse(check.Output)!.AsObject();
    }

    [GeneratedRegex(@"\{([a-z][A-Za-z]+)\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
