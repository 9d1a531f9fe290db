using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using TrackApiSandbox.Faults;

namespace CustomerIoDestination.LocalHost.Tests.Delivery;

/// <summary>What the destination does while Customer.io, or one event, or the configuration fails, and afterwards.</summary>
public sealed class OutageTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task After_an_outage_everything_flows_again_at_the_rate_and_no_faster()
    {
        const int Rate = 100;
        TimeSpan step = TimeSpan.FromMilliseconds(5);
        await using VirtualHost host = await VirtualHost.StartAsync(Rate);
        host.Sandbox.AddFault(new Fault { Status = 503 });
        await host.PostAsync(Enumerable.Range(0, 320).Select(n => Tracks.Of(n % Tracks.Partitions, n)));
        await host.RunAsync(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(250));
        long duringOutage = host.Sandbox.GetStats().Requests;
        await host.RunAsync(TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(250));
        long trials = host.Sandbox.GetStats().Requests - duringOutage;
        host.Sandbox.ClearFaults();

        await host.RunUntilAsync(() => Task.FromResult(host.Sandbox.GetStats().Events == 320), step, "all to be delivered");

        // One delivery each five seconds, of three quick calls.
        trials.ShouldBeInRange(9, 15);
        host.Sandbox.GetStats().HighestPerSecond.ShouldBeLessThanOrEqualTo((long)(Rate * 1.05));
        host.Sandbox.GetStats().Dropped.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_event_that_alone_fails_becomes_undeliverable_and_holds_up_nobody()
    {
        await using VirtualHost host = await VirtualHost.StartAsync(1000);
        host.Sandbox.AddFault(new Fault { Status = 503, Match = "/stuck/" });
        await host.PostAsync([Tracks.Of(1, 1, "stuck"), Tracks.Of(1, 2, "behind")]);
        await host.RunAsync(TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50));
        await host.PostAsync(Enumerable.Range(0, 30).Select(n => Tracks.Of(2 + n, n)));
        await host.RunUntilAsync(() => Task.FromResult(host.Sandbox.GetStats().Events == 30), TimeSpan.FromMilliseconds(10), "the others to be delivered");
        host.Sandbox.FindPerson("behind").ShouldBeNull();

        await host.RunUntilAsync(async () => await host.Http.WaitingAsync() == 0, 5 * Second, "the stuck one to be given up");

        JsonNode letter = JsonNode.Parse(await host.Http.GetStringAsync("/api/dead-letters"))!["items"]!.AsArray().ShouldHaveSingleItem()!;
        letter["reason"]!.GetValue<string>().ShouldBe("undeliverable");
        letter["attempts"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(10);
        (host.Time.GetUtcNow() - host.Time.Start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(15));
        host.Sandbox.FindPerson("behind")!.Events.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(401, "credentials_refused")]
    [InlineData(301, "wrong_region")]
    [InlineData(404, "wrong_url")]
    public async Task A_wrong_key_region_or_url_pauses_the_destination_and_a_right_one_resumes_it_by_itself(int status, string reason)
    {
        await using VirtualHost host = await VirtualHost.StartAsync(1000);
        await host.RunUntilAsync(async () => Text(await host.StatusAsync(), "customerIo", "credentials") == "valid", TimeSpan.FromMilliseconds(10), "the first ping");
        host.Sandbox.AddFault(new Fault { Status = status });

        // An answer to a ping holds ten seconds: only later the key can be seen to be wrong.
        await host.RunAsync(TimeSpan.FromSeconds(11), Second);
        await host.PostAsync(Enumerable.Range(0, 200).Select(n => Tracks.Of(n % Tracks.Partitions, n)));
        await host.RunUntilAsync(async () => Text(await host.StatusAsync(), "destination", "state") == "paused", Second, "the pause");
        JsonNode paused = await host.StatusAsync();
        long pings = Pings(host);
        await host.RunAsync(TimeSpan.FromMinutes(5), 3 * Second);

        (Pings(host) - pings).ShouldBeInRange(4, 5);
        Text(paused, "destination", "reason").ShouldBe(reason);
        Text(paused, "customerIo", "credentials").ShouldBe("invalid");
        paused["destination"]!["since"]!.GetValue<DateTimeOffset>().ShouldBeInRange(host.Time.Start, host.Time.GetUtcNow());
        (await host.Http.WaitingAsync()).ShouldBe(200);
        host.Sandbox.GetStats().ByRoute.Where(route => !route.Key.Contains("region", StringComparison.Ordinal)).Sum(route => route.Value).ShouldBeLessThan(200);
        host.Sandbox.ClearFaults();
        TimeSpan? resumedAfter = null;
        DateTimeOffset cleared = host.Time.GetUtcNow();
        await host.RunUntilAsync(
            async () =>
            {
                resumedAfter ??= Text(await host.StatusAsync(), "destination", "state") == "delivering" ? host.Time.GetUtcNow() - cleared : null;
                return host.Sandbox.GetStats().Events == 200;
            },
            Second,
            "all to be delivered");
        resumedAfter!.Value.ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(61));
        Text(await host.StatusAsync(), "queue", "deadLettered").ShouldBe("0");
    }

    [Fact]
    public async Task A_run_of_rejections_pauses_the_destination_and_an_operator_resumes_it()
    {
        const int Events = 300;
        await using VirtualHost host = await VirtualHost.StartAsync(1000);
        host.Sandbox.AddFault(new Fault { Status = 400, Match = "/customers/" });
        await host.PostAsync(Enumerable.Range(0, Events).Select(n => Tracks.Of(n % Tracks.Partitions, n)));

        await host.RunUntilAsync(async () => Text(await host.StatusAsync(), "destination", "state") == "paused", TimeSpan.FromMilliseconds(5), "the pause");
        await host.RunAsync(TimeSpan.FromSeconds(30), Second);

        // The fiftieth says that it is not the events.
        Text(await host.StatusAsync(), "destination", "reason").ShouldBe("everything_rejected");
        Text(await host.StatusAsync(), "queue", "deadLettered").ShouldBe("49");
        (await host.Http.WaitingAsync()).ShouldBe(Events - 49);
        host.Sandbox.ClearFaults();
        using var resume = new HttpRequestMessage(HttpMethod.Post, "/api/destination/resume");
        resume.Headers.Add("X-Requested-With", "destination");
        using HttpResponseMessage answer = await host.Http.SendAsync(resume);
        answer.EnsureSuccessStatusCode();
        await host.RunUntilAsync(async () => await host.Http.WaitingAsync() == 0, TimeSpan.FromMilliseconds(20), "the rest to be delivered");
        host.Sandbox.GetStats().Events.ShouldBe(Events - 49);
        Text(await host.StatusAsync(), "destination", "state").ShouldBe("delivering");
    }

    [Fact]
    public async Task While_everything_is_rejected_one_event_a_minute_is_tried_and_the_first_delivered_resumes()
    {
        await using VirtualHost host = await VirtualHost.StartAsync(1000);
        host.Sandbox.AddFault(new Fault { Status = 400, Match = "/customers/" });
        await host.PostAsync(Enumerable.Range(0, 100).Select(n => Tracks.Of(n % Tracks.Partitions, n)));
        await host.RunUntilAsync(async () => Text(await host.StatusAsync(), "destination", "state") == "paused", TimeSpan.FromMilliseconds(5), "the pause");
        await host.RunAsync(TimeSpan.FromSeconds(2), Second);
        long before = host.Sandbox.GetStats().Requests;

        await host.RunAsync(TimeSpan.FromMinutes(3), Second);

        (host.Sandbox.GetStats().Requests - before).ShouldBeInRange(2, 3);
        Text(await host.StatusAsync(), "queue", "deadLettered").ShouldBe("49");
        host.Sandbox.ClearFaults();
        await host.RunUntilAsync(async () => await host.Http.WaitingAsync() == 0, Second, "the rest to be delivered");
    }

    private static long Pings(VirtualHost host) =>
        host.Sandbox.GetStats().ByRoute.Where(route => route.Key.Contains("region", StringComparison.Ordinal)).Sum(route => route.Value);

    private static string Text(JsonNode status, string section, string name) => status[section]![name]!.ToString();
}
