using System.Text.Json.Nodes;
using CustomerIoDestination.Chaos.Checks;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>Pages through the host's dead letters.</summary>
internal static class DeadLetterPages
{
    /// <summary>Reads all dead letters into the check.</summary>
    public static async Task ReadAsync(HttpClient http, DeadLetterCheck check)
    {
        string? next = null;
        do
        {
            JsonNode page = JsonNode.Parse(await http.GetStringAsync($"api/dead-letters?limit=500{(next is null ? "" : $"&after={Uri.EscapeDataString(next)}")}"))!;
            foreach (JsonNode? letter in page["items"]!.AsArray())
            {
                check.Read(letter!["reason"]!.GetValue<string>(), letter["eventTime"]?.GetValue<DateTimeOffset>());
            }

            next = page["next"]?.GetValue<string>();
        }
        while (next is not null);
    }
}
