using System.Text.Json.Nodes;
using CustomerIoDestination.Chaos.Checks;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>What the host is asked at the end.</summary>
internal static class HostQuestions
{
    /// <summary>Events that wait or are in delivery.</summary>
    public static async Task<long> WaitingAsync(HttpClient http)
    {
        JsonNode queue = JsonNode.Parse(await http.GetStringAsync("api/status"))!["queue"]!;
        return queue["ready"]!.GetValue<long>() + queue["inDelivery"]!.GetValue<long>();
    }

    /// <summary>Reads all dead letters into the check.</summary>
    public static async Task ReadDeadLettersAsync(HttpClient http, DeadLetterCheck check)
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
