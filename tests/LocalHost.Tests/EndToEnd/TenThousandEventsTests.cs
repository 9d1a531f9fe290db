using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>Ten thousand mixed events go in over HTTP; what the sandbox knows afterwards is held against the model, whole.</summary>
public sealed class TenThousandEventsTests
{
    private const int Devices = 1_200;

    [Theory]
    [InlineData("single")]
    [InlineData("batch")]
    public async Task Every_person_attribute_event_and_merge_arrives(string mode)
    {
        var model = new TrafficModel(Devices, seed: 20261124);
        model.Events.Count.ShouldBeGreaterThan(10_000);
        await using Host host = await Host.StartAsync($"--Delivery:Mode={mode}");

        int accepted = 0;
        foreach (JsonObject[] chunk in model.Events.Chunk(100))
        {
            string body = new JsonArray([.. chunk.Select(item => item.DeepClone())]).ToJsonString();
            using HttpResponseMessage response = await host.PostAsync("/api/events", body);
            accepted += JsonNode.Parse(await response.Content.ReadAsStringAsync())!["accepted"]!.GetValue<int>();
        }

        accepted.ShouldBe(model.Events.Count);
        await Eventually.BecomesTrueAsync(async () => await WaitingAsync(host) == 0, "the queue to run empty");
        Compare(host.App.Sandbox!.GetState(), model);
        JsonNode counts = (await StatusAsync(host))["counts"]!;
        counts["deadLettered"]!.AsObject().ShouldBeEmpty();
        counts["received"]!.GetValue<int>().ShouldBe(model.Events.Count);
    }

    private static void Compare(SandboxState state, TrafficModel model)
    {
        state.People.Count.ShouldBe(model.People.Count);
        foreach (SandboxPerson person in state.People)
        {
            ExpectedPerson expected = model.People[person.Id!];
            person.Email.ShouldBe(expected.Email);
            person.AnonymousIds.ShouldBe([expected.Device]);
            person.Unsubscribed.ShouldBe(expected.Unsubscribed);
            var attributes = new JsonObject(person.Attributes.Select(attribute => KeyValuePair.Create(attribute.Key, attribute.Value.ToNode())));
            attributes.Remove("unsubscribed");
            JsonNode.DeepEquals(attributes, expected.Attributes).ShouldBeTrue($"{attributes.ToJsonString()} for {expected.Attributes.ToJsonString()}");
            Compare(person.Events, expected.Events);
        }

        state.AnonymousEvents.GroupBy(source => source.AnonymousId!).Select(device => device.Key).Order().ShouldBe(model.Anonymous.Keys.Order());
        foreach (IGrouping<string, SandboxEvent> device in state.AnonymousEvents.GroupBy(source => source.AnonymousId!))
        {
            Compare([.. device], model.Anonymous[device.Key]);
        }
    }

    private static void Compare(IReadOnlyList<SandboxEvent> events, List<ExpectedEvent> expected)
    {
        events.Select(e => (e.Name, e.Type, e.Timestamp)).Order().ShouldBe(expected.Select(e => (e.Name, e.Type, e.Timestamp)).Order());
        foreach ((SandboxEvent actual, ExpectedEvent wanted) in events.OrderBy(e => e.Timestamp).Zip(expected.OrderBy(e => e.Timestamp)))
        {
            JsonNode.DeepEquals(actual.Data.ToNode(), wanted.Data).ShouldBeTrue($"{actual.Data} for {wanted.Data.ToJsonString()}");
        }
    }

    private static async Task<int> WaitingAsync(Host host)
    {
        JsonNode queue = (await StatusAsync(host))["queue"]!;
        return queue["ready"]!.GetValue<int>() + queue["inDelivery"]!.GetValue<int>();
    }

    private static async Task<JsonNode> StatusAsync(Host host) => JsonNode.Parse(await host.Http.GetStringAsync("/api/status"))!;
}
