using System.Text.Json.Nodes;

namespace CustomerIoDestination.Cli.Importing;

/// <summary>What a host says became of the events of one request.</summary>
/// <param name="Accepted">Those it has durably.</param>
/// <param name="Skipped">Those not meant to be sent.</param>
/// <param name="Rejected">Those that are no events, by their place in the request.</param>
internal sealed record ImportAnswer(long Accepted, long Skipped, IReadOnlyList<(int Index, ItemProblem Problem)> Rejected)
{
    /// <summary>Reads it; null for what does not account for each event: whoever answered so is no host of the destination.</summary>
    /// <param name="body">The answer.</param>
    /// <param name="events">How many events were sent.</param>
    public static ImportAnswer? Read(JsonObject body, int events)
    {
        if (body["accepted"] is not JsonValue || body["rejected"] is not JsonArray items)
        {
            return null;
        }

        var rejected = new List<(int, ItemProblem)>();
        foreach (JsonNode? item in items)
        {
            if (item is not JsonObject problem || problem["index"] is not JsonValue place || !place.TryGetValue(out int index) || index < 0 || index >= events)
            {
                return null;
            }

            rejected.Add((index, new ItemProblem(problem["code"]?.ToString() ?? "", problem["message"]?.ToString() ?? "")));
        }

        var answer = new ImportAnswer(CliJson.Number(body["accepted"]), CliJson.Number(body["skipped"]), rejected);
        return answer.Accepted <= events && answer.Skipped <= events && answer.Accepted + answer.Skipped + rejected.Count == events ? answer : null;
    }
}
