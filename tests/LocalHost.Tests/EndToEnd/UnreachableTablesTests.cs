using System.Net;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using ServiceBusDouble;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>The storage of state and log is away: events are taken and wait, and what can't be told is said.</summary>
public sealed class UnreachableTablesTests : IAsyncLifetime
{
    private const string QueueName = "freshpaint-events";

    // Nobody listens there.
    private const string Storage = "DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:9/a;";

    private readonly BrokerDouble _broker = BrokerDouble.Start(new QueueDefinition(QueueName) { RequiresSession = true, DuplicateDetectionWindow = TimeSpan.FromDays(7) });

    [Fact]
    public async Task Events_are_taken_and_wait_because_nobody_knows_who_was_forgotten_and_the_answers_say_what_is_not_known()
    {
        await using Host host = await Host.StartAsync(
            "--Queue:Kind=ServiceBus", $"--ServiceBus={_broker.ConnectionString}", $"--ServiceBusQueueName={QueueName}", $"--DeliveryLog={Storage}");

        using HttpResponseMessage taken = await host.PostAsync(
            "/api/events", """{"type":"track","event":"Signed Up","messageId":"m1","userId":"u1","anonymousId":"d1","timestamp":"2026-11-24T12:00:00.000Z"}""");

        taken.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await Eventually.BecomesTrueAsync(async () => await StatusAsync(host) is { } seen && seen["sharedState"]?["reachable"]?.GetValue<bool>() == false, "the status to say that storage is away");
        host.App.Sandbox!.GetState().People.ShouldBeEmpty();
        (await StatusOfAsync(host, "/api/health")).ShouldBe(HttpStatusCode.OK);
        JsonNode status = await StatusAsync(host);
        status["counts"]!["accepted"]!.GetValue<int>().ShouldBe(1);
        status["sharedState"]!["reachable"]!.GetValue<bool>().ShouldBeFalse();
        status["sharedState"]!["since"]!.GetValue<DateTimeOffset>().ShouldBeLessThanOrEqualTo(TimeProvider.System.GetUtcNow());
        foreach (string path in new[] { "/api/deliveries", "/api/events/01J00000000000000000000000" })
        {
            using HttpResponseMessage answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable, path);
            JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!.GetValue<string>().ShouldBe("storage_unavailable", path);
        }

        using HttpResponseMessage resumed = await host.PostAsync("/api/destination/resume", "");
        resumed.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _broker.DisposeAsync();

    private static async Task<JsonNode> StatusAsync(Host host) => JsonNode.Parse(await host.Http.GetStringAsync("/api/status"))!;

    private static async Task<HttpStatusCode> StatusOfAsync(Host host, string path)
    {
        using HttpResponseMessage answer = await host.Http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }
}
