using System.Text.Json.Nodes;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Support;

/// <summary>Deliveries in batch mode, and what their calls held.</summary>
internal static class Batches
{
    public static DeliverySettings Settings { get; } = new() { Mode = DeliveryMode.Batch, RequestsPerSecond = 1000, BatchItems = 100 };

    /// <summary>Customer.io rejected so many in a row.</summary>
    public static void Reject(DeliveryRig rig, int times)
    {
        for (int i = 0; i < times; i++)
        {
            rig.Gate.Judge(Some.Partition(i), new DeliveryOutcome.Rejected(400, "x", null, "HTTP 400"));
        }
    }

    /// <summary>Delivers a run of one partition of so many events, numbered from 1.</summary>
    public static Task<List<DeliveryAttempt>> DeliverAsync(DeliveryRig rig, int events, double stepMs = 500) =>
        DeliverAsync(rig, [.. Enumerable.Range(1, events).Select(i => Some.Track(i))], stepMs);

    /// <summary>Delivers a run of one partition; the attempts come in its order.</summary>
    public static async Task<List<DeliveryAttempt>> DeliverAsync(DeliveryRig rig, IReadOnlyList<ReceivedEvent> run, double stepMs = 500)
    {
        List<(ReceivedEvent Received, DeliveryAttempt Attempt)> ended = [];
        await rig.RunAsync(rig.Handler.DeliverRunAsync(run, (received, attempt) => ended.Add((received, attempt)), default), stepMs);
        ended.Select(pair => pair.Received).ShouldBe(run);
        return ended.ConvertAll(pair => pair.Attempt);
    }

    /// <summary>The numbers of the events a call held.</summary>
    public static List<int> Numbers(SentCall call)
    {
        JsonNode body = JsonNode.Parse(call.Body)!;
        return body["batch"] is JsonArray batch
            ? [.. batch.Select(item => item!["attributes"]!["n"]!.GetValue<int>())]
            : [body["data"]!["n"]!.GetValue<int>()];
    }
}
