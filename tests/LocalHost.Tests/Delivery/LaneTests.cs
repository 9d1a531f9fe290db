using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.LocalHost.Tests.Delivery;

/// <summary>Live traffic beside an import that alone would use the whole rate.</summary>
public sealed class LaneTests
{
    private const int Rate = 100;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(5);

    [Fact]
    public async Task An_import_does_not_delay_live_traffic()
    {
        const int Live = 60;
        const int StepsBetween = 4;
        await using VirtualHost host = await StartImportAsync(events: 960);
        var sentAt = new Dictionary<string, double>();
        for (int n = 0; n < Live; n++)
        {
            string user = $"live-{n}";
            sentAt.Add($"/api/v1/customers/{user}/events", NowMs(host));
            await host.PostAsync([Tracks.Of(n % Tracks.Partitions, n, user)]);
            await host.RunAsync(Step * StepsBetween, Step, () => Tracks.Partitions + sentAt.Count - Arrived(host, sentAt).Count);
        }

        Dictionary<string, double> arrivedAt = Arrived(host, sentAt);

        // Live comes at half of the rate: its turn is the next but one at the latest.
        arrivedAt.Count.ShouldBeGreaterThanOrEqualTo(Live - 1);
        arrivedAt.Max(arrived => arrived.Value - sentAt[arrived.Key]).ShouldBeLessThanOrEqualTo(50);
    }

    [Fact]
    public async Task Live_traffic_that_would_use_the_whole_rate_leaves_a_fifth_to_the_import()
    {
        await using VirtualHost host = await StartImportAsync(events: 900);
        await host.PostAsync(Enumerable.Range(0, 600).Select(n => Tracks.Of(n % Tracks.Partitions, n, "live")));
        await host.RestAsync(() => 2 * Tracks.Partitions);
        long before = host.Sandbox.GetStats().Requests;

        await host.RunAsync(TimeSpan.FromSeconds(3), Step, () => 2 * Tracks.Partitions);

        ReceivedRequest[] sent = [.. host.Sandbox.GetRequests(before)];
        int import = sent.Count(request => request.Path.Contains("/import/", StringComparison.Ordinal));
        (import / (double)sent.Length).ShouldBe(0.2, tolerance: 0.01);
    }

    private static async Task<VirtualHost> StartImportAsync(int events)
    {
        VirtualHost host = await VirtualHost.StartAsync(Rate);
        IEnumerable<JsonObject> import = Enumerable.Range(0, events).Select(n => Tracks.Of(n % Tracks.Partitions, n, "import"));
        await host.PostAsync(import, lane: "import");
        await host.RestAsync(() => Tracks.Partitions);

        // The rate begins slowly.
        await host.RunAsync(TimeSpan.FromSeconds(3), Step, () => Tracks.Partitions);
        return host;
    }

    private static Dictionary<string, double> Arrived(VirtualHost host, Dictionary<string, double> sent) => host.Sandbox.GetRequests()
        .Where(request => sent.ContainsKey(request.Path))
        .ToDictionary(request => request.Path, request => request.AtMs);

    private static double NowMs(VirtualHost host) => (host.Time.GetUtcNow() - host.Time.Start).TotalMilliseconds;
}
