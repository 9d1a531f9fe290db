using System.Text.Json;
using System.Text.Json.Nodes;

namespace TrackApiSandbox.Snapshots;

/// <summary>
/// What somebody expects of the sandbox, held against what it knows: parts of the state and of the statistics as their routes show them, and identifiers that
/// must lead to nobody. Of an object only the members that are named are compared; each element of a list must be there, in any order and at most once,
/// except that events must be in the order given; what else is there does not matter. An empty list asks for an empty one.
/// </summary>
internal static class Assertion
{
    private static readonly string[] Members = ["state", "stats", "absent"];

    /// <summary>Where what is known differs from what is expected; empty where it holds.</summary>
    /// <exception cref="JsonException">The expectation is no object with these members.</exception>
    public static IReadOnlyList<string> Differences(ReadOnlySpan<byte> expectation, JsonNode state, JsonNode stats, Func<string, bool> isKnown)
    {
        if (JsonNode.Parse(expectation) is not JsonObject expected || expected.Count == 0)
        {
            throw new JsonException("an assertion is an object with state, stats or absent");
        }

        if (expected.FirstOrDefault(member => !Members.Contains(member.Key)).Key is { } unknown)
        {
            throw new JsonException($"'{unknown}' is none of state, stats and absent");
        }

        List<string> differences = [];
        foreach ((string name, JsonNode actual) in new[] { ("state", state), ("stats", stats) })
        {
            if (expected[name] is { } part)
            {
                Compare(name, part, actual, differences);
            }
        }

        foreach (string identifier in expected["absent"]?.AsArray().Select(item => item!.GetValue<string>()).Where(isKnown) ?? [])
        {
            differences.Add($"absent: {identifier} is there");
        }

        return differences;
    }

    private static void Compare(string path, JsonNode? expected, JsonNode? actual, List<string> differences)
    {
        switch (expected, actual)
        {
            case (JsonObject members, JsonObject there):
                foreach ((string name, JsonNode? value) in members)
                {
                    if (there.ContainsKey(name))
                    {
                        Compare($"{path}.{name}", value, there[name], differences);
                    }
                    else
                    {
                        differences.Add($"{path}.{name} is not there");
                    }
                }

                break;
            case (JsonArray { Count: 0 }, JsonArray { Count: > 0 } there):
                differences.Add($"{path} has {there.Count} elements and should have none");
                break;
            case (JsonArray elements, JsonArray there):
                CompareElements(path, elements, there, differences);
                break;
            case var _ when JsonNode.DeepEquals(expected, actual):
                break;
            default:
                differences.Add($"{path} is {Text(actual)} and should be {Text(expected)}");
                break;
        }
    }

    private static void CompareElements(string path, JsonArray expected, JsonArray actual, List<string> differences)
    {
        bool isOrdered = path.EndsWith(".events", StringComparison.Ordinal);
        List<JsonNode?> left = [.. actual];
        for (int index = 0; index < expected.Count; index++)
        {
            int found = left.FindIndex(candidate => Holds(expected[index], candidate));
            if (found < 0)
            {
                differences.Add($"{path}[{index}]: no {(isOrdered && index > 0 ? "later element" : "element")} is {Text(expected[index])}");
                continue;
            }

            left.RemoveRange(isOrdered ? 0 : found, isOrdered ? found + 1 : 1);
        }
    }

    private static bool Holds(JsonNode? expected, JsonNode? actual)
    {
        List<string> differences = [];
        Compare("", expected, actual, differences);
        return differences.Count == 0;
    }

    private static string Text(JsonNode? node) => node?.ToJsonString() ?? "null";
}
