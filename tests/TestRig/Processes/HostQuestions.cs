using System.Text.Json.Nodes;

namespace CustomerIoDestination.TestRig.Processes;

/// <summary>What every test asks the host.</summary>
internal static class HostQuestions
{
    /// <summary>Events that wait or are in delivery, in both lanes.</summary>
    public static async Task<long> WaitingAsync(this HttpClient http)
    {
        JsonNode queue = JsonNode.Parse(await http.GetStringAsync("/api/status"))!["queue"]!;
        return queue["ready"]!.GetValue<long>() + queue["inDelivery"]!.GetValue<long>();
    }
}
