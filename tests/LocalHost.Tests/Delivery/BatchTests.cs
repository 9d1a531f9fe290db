using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using TrackApiSandbox.Faults;

namespace CustomerIoDestination.LocalHost.Tests.Delivery;

/// <summary>Batch mode over HTTP: what each answer to a batch does to its events.</summary>
public sealed class BatchTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    [Theory]
    [InlineData(413)]
    [InlineData(400)]
    [InlineData(451)]
    public async Task A_refusal_of_the_whole_rejects_the_guilty_event_only(int status)
    {
        await using VirtualHost host = await StartAsync();
        host.Sandbox.AddFault(new Fault { Status = status, Match = "/batch", MatchBody = "guilty" });

        await host.PostAsync([.. Few(20), Tracks.Of(6, 100, "guilty")]);
        await RunEmptyAsync(host);

        await ShouldBeRejectedAsync(host, [NumberOf("guilty", 6, 100)]);
        host.Sandbox.GetStats().Events.ShouldBe(20);
    }

    [Theory]
    [InlineData(207)]
    [InlineData(200)]
    public async Task Errors_reject_the_events_they_name(int status)
    {
        await using VirtualHost host = await StartAsync();
        host.Sandbox.AddFault(new Fault
        {
            Status = status,
            AfterApplying = true,
            Match = "/batch",
            Body = """{"errors":[{"batch_index":1,"reason":"invalid","field":"name","message":"event name must not be blank"},{"batch_index":3,"message":"other"}]}""",
        });

        await host.PostAsync(Enumerable.Range(0, 5).Select(n => Tracks.Of(0, n)));
        await RunEmptyAsync(host);

        await ShouldBeRejectedAsync(host, [NumberOf("user", 0, 1), NumberOf("user", 0, 3)]);
    }

    [Fact]
    public async Task An_event_too_big_for_a_batch_goes_in_its_place_in_the_order()
    {
        await using VirtualHost host = await StartAsync();
        JsonObject big = Tracks.Of(0, 2);
        big["properties"] = new JsonObject { ["text"] = new string('x', 40_000) };

        await host.PostAsync([Tracks.Of(0, 0), Tracks.Of(0, 1), big, Tracks.Of(0, 3)]);
        await RunEmptyAsync(host);

        host.Sandbox.FindPerson("user")!.Events.Select(source => source.Timestamp).ShouldBe([1_790_000_000, 1_790_000_001, 1_790_000_002, 1_790_000_003]);
        host.Sandbox.GetRequests().Select(request => request.Path).Where(path => !path.Contains("region", StringComparison.Ordinal))
            .ShouldBe(["/api/v2/batch", "/api/v1/customers/user/events", "/api/v2/batch"]);
    }

    [Fact]
    public async Task A_run_of_rejections_pauses_after_a_few_calls_and_each_trial_is_one()
    {
        const int Events = 3_200;
        await using VirtualHost host = await StartAsync("--Delivery:BatchItems=500");
        host.Sandbox.AddFault(new Fault { Status = 400, Match = "/batch" });
        await PostAsync(host, Events);

        await host.RunUntilAsync(async () => await ReasonAsync(host) == "everything_rejected", Step, "the pause");
        await host.RunAsync(TimeSpan.FromSeconds(5), Second);
        long before = host.Sandbox.GetStats().Requests;
        await host.RunAsync(TimeSpan.FromMinutes(3), Second);

        // Halving down to single events, on each of eight places; then one trial a minute.
        before.ShouldBeLessThan(400);
        (host.Sandbox.GetStats().Requests - before).ShouldBeInRange(2, 3);
        (await host.StatusAsync())["queue"]!["deadLettered"]!.GetValue<int>().ShouldBe(49);
        host.Sandbox.ClearFaults();
        await RunEmptyAsync(host, Second);
        host.Sandbox.GetStats().Events.ShouldBe(Events - 49);
    }

    [Fact]
    public async Task After_an_outage_batches_are_full_again()
    {
        const int Events = 3_200;
        await using VirtualHost host = await StartAsync("--Delivery:BatchItems=500");
        host.Sandbox.AddFault(new Fault { Status = 503 });
        await PostAsync(host, Events);
        await host.RunAsync(TimeSpan.FromSeconds(40), TimeSpan.FromMilliseconds(250));
        host.Sandbox.ClearFaults();
        long before = host.Sandbox.GetStats().Requests;

        await RunEmptyAsync(host);

        // Of each of 64 partitions its oldest alone at most, and the rest in a few.
        host.Sandbox.GetStats().Events.ShouldBe(Events);
        (host.Sandbox.GetStats().Requests - before).ShouldBeLessThan(140);
    }

    [Fact]
    public async Task Calls_that_hang_do_not_hold_up_other_partitions()
    {
        const int Stuck = 12;
        await using VirtualHost host = await StartAsync();
        host.Sandbox.AddFault(new Fault { DelayMs = 600_000, Match = "/batch", MatchBody = "stuck" });
        await host.PostAsync(Enumerable.Range(0, Stuck).Select(partition => Tracks.Of(partition, 0, "stuck")));
        await RunAsync(host, () => host.Sandbox.GetStats().Unanswered > 0);

        await host.PostAsync(Enumerable.Range(Stuck, Tracks.Partitions - Stuck).Select(partition => Tracks.Of(partition, 0)));
        await RunAsync(host, () => host.Sandbox.GetStats().Events == Tracks.Partitions - Stuck);

        (host.Time.GetUtcNow() - host.Time.Start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    private static Task<VirtualHost> StartAsync(params string[] settings) => VirtualHost.StartAsync(1000, ["--Delivery:Mode=batch", .. settings]);

    private static IEnumerable<JsonObject> Few(int events) => Enumerable.Range(0, events).Select(n => Tracks.Of(n % Tracks.Partitions, n));

    private static async Task PostAsync(VirtualHost host, int events)
    {
        const int MostItems = 1_000;
        foreach (JsonObject[] chunk in Few(events).Chunk(MostItems))
        {
            await host.PostAsync(chunk);
        }
    }

    private static Task RunEmptyAsync(VirtualHost host, TimeSpan? step = null) =>
        host.RunUntilAsync(async () => await host.Http.WaitingAsync() == 0, step ?? Step, "the queue to run empty");

    // Without waiting for rest: there is none while a call hangs.
    private static async Task RunAsync(VirtualHost host, Func<bool> until)
    {
        while (!until())
        {
            (host.Time.GetUtcNow() - host.Time.Start).ShouldBeLessThan(TimeSpan.FromSeconds(10));
            host.Time.Advance(TimeSpan.FromMilliseconds(10));
            await Task.Delay(10);
        }
    }

    private static async Task<string?> ReasonAsync(VirtualHost host) => (await host.StatusAsync())["destination"]!["reason"]?.GetValue<string>();

    private static string NumberOf(string user, int partition, int number) => Tracks.Of(partition, number, user)["messageId"]!.GetValue<string>();

    private static async Task ShouldBeRejectedAsync(VirtualHost host, string[] messages)
    {
        JsonArray letters = JsonNode.Parse(await host.Http.GetStringAsync("/api/dead-letters"))!["items"]!.AsArray();
        letters.ShouldAllBe(letter => letter!["reason"]!.GetValue<string>() == "rejected_by_customerio");
        var found = new List<string>();
        foreach (JsonNode? letter in letters)
        {
            JsonNode detail = JsonNode.Parse(await host.Http.GetStringAsync($"/api/dead-letters/{letter!["id"]}"))!;
            found.Add(detail["event"]!["messageId"]!.GetValue<string>());
        }

        found.ShouldBe(messages, ignoreOrder: true);
    }
}
