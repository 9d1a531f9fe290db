using System.Net;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using ServiceBusDouble;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>The local host with its queue on Service Bus, over the real client, on a stand-in for the broker.</summary>
public sealed class ServiceBusTests : IAsyncLifetime
{
    private const string QueueName = "freshpaint-events";

    private readonly BrokerDouble _broker = BrokerDouble.Start(QueueDefinition.AsInAzure(QueueName));

    [Theory]
    [InlineData("single")]
    [InlineData("batch")]
    public async Task Events_are_delivered_in_their_order(string mode)
    {
        await using Host host = await StartAsync($"--Delivery:Mode={mode}");

        for (int number = 0; number < 10; number++)
        {
            await PostAsync(host, [.. Enumerable.Range(0, 20).Select(user => Track($"u{user}", $"Step {number}"))]);
        }

        await Eventually.BecomesTrueAsync(() => Task.FromResult(_broker[QueueName].ActiveCount == 0), "the queue to run empty");
        host.App.Sandbox!.GetState().People.Count.ShouldBe(20);
        foreach (var person in host.App.Sandbox!.GetState().People)
        {
            person.Events.Select(received => received.Name).ShouldBe(Enumerable.Range(0, 10).Select(number => $"Step {number}"));
        }

        // The broker is told before the log is.
        await Eventually.BecomesTrueAsync(async () => await DeliveriesAsync(host) == 200, "every delivery to be logged");
    }

    [Fact]
    public async Task A_dead_letter_is_looked_at_replayed_and_delivered()
    {
        await using Host host = await StartAsync();
        await FaultAsync(host, """{"share":1,"status":400}""");
        await PostAsync(host, Track("u1", "Signed Up"));
        await Eventually.BecomesTrueAsync(() => Task.FromResult(_broker[QueueName].DeadLetterCount == 1), "the event to become a dead letter");

        JsonNode listed = JsonNode.Parse(await host.Http.GetStringAsync("/api/dead-letters"))!["items"]!.AsArray().ShouldHaveSingleItem()!;
        JsonNode found = JsonNode.Parse(await host.Http.GetStringAsync($"/api/dead-letters/{listed["id"]}"))!;
        using HttpResponseMessage _ = await new HttpClient().DeleteAsync(new Uri(host.App.Sandbox!.BaseAddress, "sandbox/faults"));
        JsonNode replayed = await AnswerAsync(await host.PostAsync("/api/dead-letters/replay", """{"all":true}"""));

        listed["reason"]!.GetValue<string>().ShouldBe("rejected_by_customerio");
        listed["attempts"]!.GetValue<int>().ShouldBe(1);
        found.ToJsonString().ShouldContain("Signed Up");
        replayed["replayed"]!.GetValue<int>().ShouldBe(1);
        await Eventually.BecomesTrueAsync(
            () => Task.FromResult(host.App.Sandbox!.GetState().People is [{ Events: [{ Name: "Signed Up" }] }]), "the replayed event to be delivered");
        await Eventually.BecomesTrueAsync(() => Task.FromResult(_broker[QueueName].ActiveCount == 0), "the replayed event to be settled");
        _broker[QueueName].DeadLetterCount.ShouldBe(0);
    }

    [Fact]
    public async Task Events_that_wait_when_the_host_stops_are_delivered_by_the_next_one()
    {
        await using (Host first = await StartAsync())
        {
            await FaultAsync(first, """{"share":1,"status":503}""");
            await PostAsync(first, Track("u1", "Signed Up"));
            await Eventually.BecomesTrueAsync(() => Task.FromResult(_broker[QueueName].HeldSessions.Count == 1), "the event to be in hand");
        }

        _broker[QueueName].Messages.ShouldHaveSingleItem().DeliveryCount.ShouldBe(0);
        await using Host second = await StartAsync();

        await Eventually.BecomesTrueAsync(() => Task.FromResult(_broker[QueueName].ActiveCount == 0), "the queue to run empty");
        second.App.Sandbox!.GetState().People.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_broker_that_is_gone_is_told_by_health_and_by_the_answer()
    {
        await using Host host = await StartAsync();
        (await host.Http.GetAsync(new Uri("/api/health", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await _broker.DisposeAsync();

        await Eventually.BecomesTrueAsync(
            async () => (await host.Http.GetAsync(new Uri("/api/health", UriKind.Relative))).StatusCode == HttpStatusCode.ServiceUnavailable, "health to tell");
    }

    [Fact]
    public async Task A_connection_string_that_is_none_stops_the_start_and_is_not_shown()
    {
        StartRefusedException refused = await Should.ThrowAsync<StartRefusedException>(() => Host.StartAsync("--Queue:Kind=ServiceBus", "--ServiceBus=s3cr3t"));

        refused.Message.ShouldContain("is no connection string");
        refused.Message.ShouldNotContain("s3cr3t");
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    private Task<Host> StartAsync(params string[] settings) =>
        Host.StartAsync(["--Queue:Kind=ServiceBus", $"--ServiceBus={_broker.ConnectionString}", $"--ServiceBusQueueName={QueueName}", .. settings]);

    private static async Task<int> DeliveriesAsync(Host host) =>
        JsonNode.Parse(await host.Http.GetStringAsync("/api/deliveries?limit=1000"))!["items"]!.AsArray().Count;

    private static JsonObject Track(string user, string name) => new()
    {
        ["type"] = "track",
        ["event"] = name,
        ["messageId"] = $"{user}-{name}",
        ["userId"] = user,
        ["anonymousId"] = $"device-{user}",
        ["timestamp"] = "2026-11-24T12:00:00.000Z",
    };

    private static async Task PostAsync(Host host, params JsonObject[] events)
    {
        JsonNode answer = await AnswerAsync(await host.PostAsync("/api/events", new JsonArray([.. events]).ToJsonString()));
        answer["accepted"]!.GetValue<int>().ShouldBe(events.Length, answer.ToJsonString());
    }

    private static async Task FaultAsync(Host host, string fault)
    {
        using HttpClient sandbox = new() { BaseAddress = host.App.Sandbox!.BaseAddress };
        (await sandbox.PostAsync(new Uri("/sandbox/faults", UriKind.Relative), new StringContent(fault))).EnsureSuccessStatusCode();
    }

    private static async Task<JsonNode> AnswerAsync(HttpResponseMessage response)
    {
        using (response)
        {
            return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        }
    }
}
