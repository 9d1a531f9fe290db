using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using TrackApiSandbox;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>The host is killed while it takes events in and delivers them; the sandbox lives on.</summary>
public sealed class KillTests
{
    private const int Kills = 3;
    private const int EventsPerLife = 300;

    [Fact]
    public async Task Kill_9_at_any_time_loses_nothing_and_repeats_nothing()
    {
        using var folder = new TemporaryFolder();
        await using SandboxServer sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        string[] settings = Settings(folder, sandbox);
        var promised = new List<string>();
        for (int life = 0; life < Kills; life++)
        {
            await using ChildProcess host = HostProcess.Start(folder.Path, settings);
            promised.AddRange(await SendUntilKilledAsync(host, life));
        }

        await using ChildProcess last = HostProcess.Start(folder.Path, settings);
        await last.BaseAddressAsync();
        await Eventually.BecomesTrueAsync(() => Task.FromResult(Known(sandbox).IsSupersetOf(promised)), "every promised event to arrive");
        SandboxEvent[] events = [.. sandbox.GetState().People.SelectMany(person => person.Events)];
        events.DistinctBy(source => source.Id).Count().ShouldBe(events.Length);
        promised.Count.ShouldBeGreaterThan(Kills);
    }

    [Fact]
    public async Task Ctrl_C_ends_after_what_is_in_flight_and_keeps_the_rest()
    {
        using var folder = new TemporaryFolder();
        await using SandboxServer sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        string[] settings = [.. Settings(folder, sandbox), "--Delivery:RequestsPerSecond=20"];
        string[] promised;
        await using (ChildProcess host = HostProcess.Start(folder.Path, settings))
        {
            using var http = new HttpClient { BaseAddress = await host.BaseAddressAsync() };
            promised = await PostAsync(http, [.. Enumerable.Range(0, 60).Select(n => Event(0, n))]);
            await host.InterruptAsync();
            host.ExitCode.ShouldBe(0, host.Output);
        }

        SandboxEvent[] before = [.. sandbox.GetState().People.SelectMany(person => person.Events)];
        before.Length.ShouldBeLessThan(promised.Length);
        sandbox.GetRequests().ShouldAllBe(request => request.Status == 200);

        await using ChildProcess next = HostProcess.Start(folder.Path, settings);
        await Eventually.BecomesTrueAsync(() => Task.FromResult(Known(sandbox).IsSupersetOf(promised)), "the rest to arrive");

        // What was delivered before the stop was settled before it, so that nothing is sent twice.
        sandbox.GetStats().Dropped.ShouldNotContainKey("duplicate_event");
    }

    private static async Task<List<string>> SendUntilKilledAsync(ChildProcess host, int life)
    {
        using var http = new HttpClient { BaseAddress = await host.BaseAddressAsync() };
        var promised = new List<string>();
        var random = new Random(life);
        int killAt = random.Next(EventsPerLife / 3, EventsPerLife);
        for (int n = 0; n < EventsPerLife; n += 3)
        {
            Task? kill = n >= killAt ? host.KillAsync() : null;
            try
            {
                promised.AddRange(await PostAsync(http, [Event(life, n), Event(life, n + 1), Event(life, n + 2)]));
            }
            catch (HttpRequestException)
            {
                // Killed before it answered: nothing was promised.
            }

            if (kill is not null)
            {
                await kill;
                break;
            }
        }

        return promised;
    }

    private static async Task<string[]> PostAsync(HttpClient http, JsonNode[] events)
    {
        using HttpResponseMessage response = await http.PostAsJsonAsync("/api/events", new JsonArray(events));
        JsonNode answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return [.. answer["eventIds"]!.AsArray().Select(id => id!.GetValue<string>())];
    }

    private static JsonObject Event(int life, int n) => new()
    {
        ["type"] = "track",
        ["event"] = "Tick",
        ["userId"] = $"user-{n % 17}",
        ["messageId"] = $"{life}-{n}",
        ["timestamp"] = 1_790_000_000 + n,
    };

    private static HashSet<string> Known(SandboxServer sandbox) =>
        sandbox.GetState().People.SelectMany(person => person.Events).Select(source => source.Id!).ToHashSet(StringComparer.Ordinal);

    private static string[] Settings(TemporaryFolder folder, SandboxServer sandbox) =>
    [
        .. Host.Arguments(folder.Queue),
        "--CustomerIo:SiteId=site",
        "--CustomerIo:ApiKey=key",
        $"--CustomerIo:TrackApiUrl={sandbox.BaseAddress}",
    ];
}
