using System.Text.Json.Nodes;

namespace CustomerIoDestination.Cli.Checking;

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
