using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.Cli.Configuration;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Preview;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Checking;

/// <summary>
/// A test of the rules, <c>*.case.json</c> beside them: <c>{"name"?, "given", "settings"?, "receivedAt"?, "expect"}</c>. <c>expect</c> is
/// <c>{"requests"?, "warnings"?: [codes]}</c>, <c>{"skipped": reason, "rule"?}</c> or <c>{"invalid": [codes]}</c>; only the parts written are compared.
/// </summary>
internal static class RuleCase
{
    /// <summary>What the names of such files end in.</summary>
    public const string Suffix = ".case.json";

    private static readonly string[] Keys = ["name", "given", "settings", "receivedAt", "expect"];
    private static readonly string[] Expectations = ["requests", "warnings", "skipped", "rule", "invalid"];

    /// <summary>Runs a case.</summary>
    /// <param name="file">The file.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="cli">The settings' place and the time.</param>
    public static CaseOutcome Run(string file, DestinationRules rules, CliContext cli)
    {
        string name = Path.GetFileName(file)[..^Suffix.Length];
        try
        {
            if (JsonNode.Parse(File.ReadAllText(file), documentOptions: CliJson.Lenient) is not JsonObject root)
            {
                return new CaseOutcome.Unusable(name, "the file is no JSON object");
            }

            name = root["name"]?.ToString() ?? name;
            return Run(name, root, rules, cli);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException or FormatException)
        {
            return new CaseOutcome.Unusable(name, e is JsonException json ? $"the file is no JSON at line {json.LineNumber + 1}" : e.Message);
        }
    }

    private static CaseOutcome Run(string name, JsonObject root, DestinationRules rules, CliContext cli)
    {
        if (Unknown(root, Keys) is { } unknown)
        {
            return new CaseOutcome.Unusable(name, $"\"{unknown}\" is unknown; known are {string.Join(", ", Keys)}");
        }

        if (root["given"] is not { } given || root["expect"] is not JsonObject expect || expect.Count == 0)
        {
            return new CaseOutcome.Unusable(name, "\"given\" (an event) and \"expect\" (an object that expects something) are needed");
        }

        if (Unknown(expect, Expectations) is { } unknownExpectation)
        {
            return new CaseOutcome.Unusable(name, $"\"expect.{unknownExpectation}\" is unknown; known are {string.Join(", ", Expectations)}");
        }

        IEnumerable<KeyValuePair<string, string?>> overrides = (root["settings"] as JsonObject ?? []).Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.ToString()));
        if (CliConfiguration.Read(cli.WorkingDirectory, overrides) is not Checked<DestinationSettings>.Valid { Value: var settings })
        {
            return new CaseOutcome.Unusable(name, "its settings are not valid");
        }

        TimeProvider time = root["receivedAt"] is { } at ? new FixedTime(DateTimeOffset.Parse(at.ToString(), CultureInfo.InvariantCulture)) : cli.Time;
        JsonObject actual = Describe(given, settings, rules, expect["rule"]?.ToString(), time);
        CaseDifference[] differences = [.. CaseDifference.Between(expect, actual)];
        return differences.Length == 0 ? new CaseOutcome.Passed(name) : new CaseOutcome.Failed(name, differences);
    }

    // A rule may be expected by its place or by the name its author gave it.
    private static JsonObject Describe(JsonNode given, DestinationSettings settings, DestinationRules rules, string? expectedRule, TimeProvider time)
    {
        var mapper = new EnvelopeMapper(settings.Mapping, settings.Limits, RulesSource.Of(rules));
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(given, CliJson.Compact);
        var preview = (PreviewResult.Items)new EventPreview(settings, mapper, new SteadyClock(time), new Random(0)).Preview(body, new IngestRequest(null, true, null));
        PreviewItem item = preview.Values[0];
        JsonNode json = CliJson.Of(preview.Values)[0]!;
        return item.Outcome switch
        {
            "skip" => new JsonObject { ["skipped"] = item.Reason, ["rule"] = item.RuleName is { } name && name == expectedRule ? name : item.Rule },
            "reject" => new JsonObject { ["invalid"] = new JsonArray([.. item.Problems.Select(problem => JsonValue.Create(problem.Code))]) },
            _ => new JsonObject
            {
                ["requests"] = json["requests"]!.DeepClone(),
                ["warnings"] = new JsonArray([.. item.Warnings.Select(warning => JsonValue.Create(warning.Code))]),
            },
        };
    }

    private static string? Unknown(JsonObject json, string[] known) => json.Select(pair => pair.Key).FirstOrDefault(key => !known.Contains(key, StringComparer.Ordinal));

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}

/// <summary>One place where something else came out than a case expects.</summary>
/// <param name="Path">Where, for instance <c>requests[0].body.name</c>.</param>
/// <param name="Expected">The JSON expected.</param>
/// <param name="Actual">The JSON that came out; null when nothing is there.</param>
internal sealed record CaseDifference(string Path, string Expected, string? Actual)
{
    /// <summary>Compares only what is expected: members of objects that are not written in it may be anything; lists must be as long.</summary>
    public static IEnumerable<CaseDifference> Between(JsonNode? expected, JsonNode? actual, string path = "")
    {
        switch (expected, actual)
        {
            case (JsonObject wanted, JsonObject got):
                foreach ((string name, JsonNode? value) in wanted)
                {
                    string inner = path.Length == 0 ? name : $"{path}.{name}";
                    IEnumerable<CaseDifference> differences = got.ContainsKey(name) ? Between(value, got[name], inner) : [new(inner, Text(value), null)];
                    foreach (CaseDifference difference in differences)
                    {
                        yield return difference;
                    }
                }

                break;
            case (JsonArray wanted, JsonArray got) when wanted.Count == got.Count:
                for (int i = 0; i < wanted.Count; i++)
                {
                    foreach (CaseDifference difference in Between(wanted[i], got[i], $"{path}[{i}]"))
                    {
                        yield return difference;
                    }
                }

                break;
            default:
                if (!JsonNode.DeepEquals(expected, actual))
                {
                    yield return new CaseDifference(path, Text(expected), Text(actual));
                }

                break;
        }
    }

    private static string Text(JsonNode? node) => node?.ToJsonString(CliJson.Compact) ?? "null";
}

/// <summary>What came of a test of the rules.</summary>
internal abstract record CaseOutcome(string Name)
{
    /// <summary>It came out as expected.</summary>
    public sealed record Passed(string Name) : CaseOutcome(Name);

    /// <summary>It came out differently.</summary>
    public sealed record Failed(string Name, IReadOnlyList<CaseDifference> Differences) : CaseOutcome(Name);

    /// <summary>It is no test.</summary>
    public sealed record Unusable(string Name, string Problem) : CaseOutcome(Name);
}

/// <summary>Tells what came of a test of the rules.</summary>
internal static class CaseReport
{
    /// <summary>Writes one line when it passed, else what is different.</summary>
    public static void Write(CaseOutcome outcome, IAnsiConsole console)
    {
        switch (outcome)
        {
            case CaseOutcome.Passed:
                console.Line($"[green]✓[/] case: {outcome.Name}");
                break;
            case CaseOutcome.Unusable unusable:
                console.Line($"[red]✗[/] case: {unusable.Name}");
                console.Line($"    {unusable.Problem}");
                break;
            case CaseOutcome.Failed failed:
                console.Line($"[red]✗[/] case: {failed.Name}");
                foreach (CaseDifference difference in failed.Differences)
                {
                    console.Line($"    [yellow]{difference.Path}[/]");
                    console.Line($"      [red]- expected  {difference.Expected}[/]");
                    console.Line($"      [green]+ came out  {difference.Actual ?? "nothing"}[/]");
                }

                break;
            default:
                throw new UnreachableException();
        }
    }
}
