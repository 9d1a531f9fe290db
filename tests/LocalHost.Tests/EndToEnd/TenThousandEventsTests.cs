using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using CustomerIoDestination.TestRig.Traffic;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>Ten thousand mixed events go in over HTTP; what the sandbox knows afterwards is held against the model, whole.</summary>
public sealed class TenThousandEventsTests
{
    private const int Devices = 1_200;
    private const int Seed = 20261124;

    [Theory]
    [InlineData("single")]
    [InlineData("batch")]
    public async Task Every_person_attribute_event_and_merge_arrives(string mode)
    {
        TrafficEvent[] events = [.. new TrafficStream(Enumerable.Range(0, Devices), Traffic, Devices, new Random(Seed))];
        events.Length.ShouldBeGreaterThan(10_000);
        await using Host host = await Host.StartAsync($"--Delivery:Mode={mode}");

        int accepted = 0;
        foreach (TrafficEvent[] chunk in events.Chunk(100))
        {
            string body = new JsonArray([.. chunk.Select(item => item.Body.DeepClone())]).ToJsonString();
            using HttpResponseMessage response = await host.PostAsync("/api/events", body);
            accepted += JsonNode.Parse(await response.Content.ReadAsStringAsync())!["accepted"]!.GetValue<int>();
        }

        accepted.ShouldBe(events.Length);
        await Eventually.BecomesTrueAsync(async () => await host.Http.WaitingAsync() == 0, "the queue to run empty");
        new StateComparison(Devices, Traffic, _ => false).Compare(host.App.Sandbox!.GetState()).ShouldBeEmpty();
        JsonNode counts = (await StatusAsync(host))["counts"]!;
        counts["deadLettered"]!.AsObject().ShouldBeEmpty();
        counts["received"]!.GetValue<int>().ShouldBe(events.Length);
    }

    private static DeviceTraffic Traffic(int device) => DeviceTraffic.Of(Seed, device, withDeadLetters: false);

    private static async Task<JsonNode> StatusAsync(Host host) => JsonNode.Parse(await host.Http.GetStringAsync("/api/status"))!;
}
