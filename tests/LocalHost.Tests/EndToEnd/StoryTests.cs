using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using ServiceBusDouble;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>The story of an event is the same whatever queue it went through.</summary>
public sealed class StoryTests
{
    private const string QueueName = "freshpaint-events";

    [Fact]
    public async Task On_the_embedded_queue()
    {
        await using Host host = await Host.StartAsync();

        await LiveThroughAsync(host);
    }

    [Fact]
    public async Task On_service_bus()
    {
        await using BrokerDouble broker = BrokerDouble.Start(new QueueDefinition(QueueName)
        {
            RequiresSession = true,
            MaxDeliveryCount = 100,
            DuplicateDetectionWindow = TimeSpan.FromDays(7),
        });
        await using Host host = await Host.StartAsync("--Queue:Kind=ServiceBus", $"--ServiceBus={broker.ConnectionString}", $"--ServiceBusQueueName={QueueName}");

        await LiveThroughAsync(host);
    }

    /// <summary>Accepted (twice), refused, replayed, refused again, replayed, delivered; another one discarded.</summary>
    private static async Task LiveThroughAsync(Host host)
    {
        await FaultAsync(host, """{"share":1,"status":400}""");
        string eventId = await PostAsync(host, "u1");
        string discarded = await PostAsync(host, "u2");
        (await PostAsync(host, "u1")).ShouldBe(eventId);
        await StoryEndsAsync(host, eventId, "delivery deadLettered rejected_by_customerio 400");
        await StoryEndsAsync(host, discarded, "delivery deadLettered rejected_by_customerio 400");

        await PassAsync(host, "replay", eventId);
        await Eventually.BecomesTrueAsync(async () => (await StepsAsync(host, eventId)).Count(step => step.StartsWith("delivery", StringComparison.Ordinal)) == 2, "the replay to be refused");
        using (HttpResponseMessage _ = await new HttpClient().DeleteAsync(new Uri(host.App.Sandbox!.BaseAddress, "sandbox/faults")))
        {
            await PassAsync(host, "replay", eventId);
        }

        await PassAsync(host, "discard", discarded);
        await StoryEndsAsync(host, eventId, "delivery delivered  200");
        await StoryEndsAsync(host, discarded, "discarded  rejected_by_customerio ");

        (await StepsAsync(host, eventId)).ShouldBe(
        [
            "accepted   ",
            "queued   ",
            "delivery deadLettered rejected_by_customerio 400",
            "replayed  rejected_by_customerio ",
            "queued   ",
            "delivery deadLettered rejected_by_customerio 400",
            "replayed  rejected_by_customerio ",
            "queued   ",
            "delivery delivered  200",
        ]);
        JsonNode counts = (await GetAsync(host, "/api/status"))["counts"]!;
        (counts["accepted"]!.GetValue<int>(), counts["delivered"]!.GetValue<int>(), counts["deadLettered"]!["rejected_by_customerio"]!.GetValue<int>()).ShouldBe((3, 1, 3));
    }

    private static async Task StoryEndsAsync(Host host, string eventId, string step) =>
        await Eventually.BecomesTrueAsync(async () => (await StepsAsync(host, eventId))[^1] == step, step, TimeSpan.FromSeconds(30));

    private static async Task<string[]> StepsAsync(Host host, string eventId) =>
    [
        .. (await GetAsync(host, $"/api/events/{eventId}"))["steps"]!.AsArray()
            .Select(step => $"{step!["step"]} {step["outcome"]} {step["reason"]} {step["httpStatus"]}"),
    ];

    private static async Task PassAsync(Host host, string what, string eventId)
    {
        JsonNode? letter = null;
        await Eventually.BecomesTrueAsync(
            async () =>
            {
                letter = (await GetAsync(host, "/api/dead-letters"))["items"]!.AsArray().FirstOrDefault(item => item!["eventId"]!.GetValue<string>() == eventId);
                return letter is not null;
            },
            "the dead letter");
        (await host.PostAsync($"/api/dead-letters/{what}", $$"""{"ids":["{{letter!["id"]}}"]}""")).EnsureSuccessStatusCode().Dispose();
    }

    private static async Task<string> PostAsync(Host host, string user)
    {
        string body = $$"""{"type":"track","event":"Signed Up","messageId":"{{user}}","userId":"{{user}}","anonymousId":"d-{{user}}","timestamp":"2026-11-24T12:00:00.000Z"}""";
        using HttpResponseMessage answer = await host.PostAsync("/api/events", body);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["eventIds"]![0]!.GetValue<string>();
    }

    private static async Task<JsonNode> GetAsync(Host host, string path) => JsonNode.Parse(await host.Http.GetStringAsync(path))!;

    private static async Task FaultAsync(Host host, string fault)
    {
        using HttpClient sandbox = new() { BaseAddress = host.App.Sandbox!.BaseAddress };
        (await sandbox.PostAsync(new Uri("/sandbox/faults", UriKind.Relative), new StringContent(fault))).EnsureSuccessStatusCode();
    }
}
