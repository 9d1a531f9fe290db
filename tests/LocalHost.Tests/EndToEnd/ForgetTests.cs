using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.TestRig.Processes;
using Microsoft.Extensions.DependencyInjection;
using TrackApiSandbox.Faults;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>Events that wait don't bring back whoever was erased meanwhile.</summary>
public sealed class ForgetTests
{
    private const int Waiting = 100;

    [Fact]
    public async Task A_delete_by_user_id_is_not_undone_by_100_events_that_wait_by_device()
    {
        using var folder = new TemporaryFolder();
        string rules = Path.Combine(folder.Path, "destination.json");
        await File.WriteAllTextAsync(rules, """{"lifecycle":{"delete":["User Deleted"]}}""");

        // Slow, and the delete in the lane that goes first: it passes nearly all of them.
        await using Host host = await Host.StartAsync($"--Rules:Path={rules}", "--Logging:LogLevel:Default=Critical", "--Delivery:RequestsPerSecond=5");
        await SendAsync(host, [.. Enumerable.Range(0, Waiting).Select(number => Backfilled(Visit(number, "gone"))), .. Enumerable.Range(0, 3).Select(number => Backfilled(Visit(1_000 + number, "stays")))]);

        await SendAsync(host, new JsonObject { ["type"] = "track", ["event"] = "User Deleted", ["userId"] = "gone", ["messageId"] = "delete" });
        await Eventually.BecomesTrueAsync(async () => await UnfinishedAsync(host) == 0, "all to end");

        host.App.Sandbox!.FindPerson("gone").ShouldBeNull();
        host.App.Sandbox.FindPerson("stays")!.Events.Count.ShouldBe(3);
        (await CountsAsync(host)).Skipped.ShouldBeGreaterThan(Waiting / 2);
        await SendAsync(host, Visit(5_000, "gone"));
        await Eventually.BecomesTrueAsync(() => Task.FromResult(host.App.Sandbox.FindPerson("gone")?.Events.Count == 1), "what is received after the delete to create the person anew");
    }

    [Fact]
    public async Task Somebody_who_is_forgotten_while_their_events_wait_is_not_brought_back_and_nothing_of_theirs_stays_on_the_queue()
    {
        await using Host host = await Host.StartAsync("--Logging:LogLevel:Default=Critical");
        host.App.Sandbox!.AddFault(new Fault { Status = 503, Match = "/events" });
        await SendAsync(host, [.. Enumerable.Range(0, Waiting).Select(number => Visit(number, "gone")), .. Enumerable.Range(0, 3).Select(number => Visit(1_000 + number, "stays"))]);
        await Eventually.BecomesTrueAsync(() => Task.FromResult(host.App.Sandbox.GetStats().Requests > 0), "delivery to be tried");

        using HttpResponseMessage answer = await host.PostAsync("/api/people/forget", """{"id":"gone"}""");

        JsonNode receipt = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        receipt["sent"]!.GetValue<int>().ShouldBe(1, receipt.ToJsonString());
        receipt["removed"]!["queue"]!.GetValue<int>().ShouldBeInRange(1, Waiting, "those that a consumer holds may be dropped by it first");
        host.App.Sandbox.ClearFaults();
        await Eventually.BecomesTrueAsync(async () => await UnfinishedAsync(host) == 0, "the rest to end");
        host.App.Sandbox.FindPerson("gone").ShouldBeNull();
        host.App.Sandbox.FindPerson("stays")!.Events.Count.ShouldBe(3);
        host.App.Sandbox.GetState().People.Select(person => person.Id).ShouldBe(["stays"]);
        (await CountsAsync(host)).Skipped.ShouldBe(Waiting);
    }

    private static JsonObject Backfilled(JsonObject source)
    {
        source["context"] = new JsonObject { ["backfill"] = true };
        return source;
    }

    private static JsonObject Visit(int device, string user) => new()
    {
        ["type"] = "track",
        ["event"] = "Visited",
        ["userId"] = user,
        ["anonymousId"] = string.Create(CultureInfo.InvariantCulture, $"device-{device}"),
        ["messageId"] = string.Create(CultureInfo.InvariantCulture, $"{user}-{device}"),
    };

    private static async Task SendAsync(Host host, params JsonObject[] events)
    {
        using HttpResponseMessage answer = await host.PostAsync("/api/events", new JsonArray([.. events]).ToJsonString());
        ((int)answer.StatusCode).ShouldBe(202);
    }

    private static async Task<long> UnfinishedAsync(Host host)
    {
        QueueStatus status = (await host.App.Services.GetRequiredService<IEventQueue>().GetStatusAsync(CancellationToken.None))!;
        return status.Ready + status.InDelivery;
    }

    private static async Task<EventCounts> CountsAsync(Host host) =>
        (await host.App.Services.GetRequiredService<IDestinationControl>().GetStatusAsync(CancellationToken.None)).Counts;
}
