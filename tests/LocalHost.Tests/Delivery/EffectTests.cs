using System.Text.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using CustomerIoDestination.TestRig.Traffic;
using TrackApiSandbox.Faults;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.LocalHost.Tests.Delivery;

/// <summary>What arrives of thousands of devices while calls fail at random and all partitions are worked on at a time.</summary>
public sealed class EffectTests
{
    private const int Devices = 2_000;
    private const int Seed = 5;
    private const string Quiet = "--Logging:LogLevel:Default=Critical";

    private static readonly Fault[] Faults =
    [
        new Fault { Share = 0.03, Status = 500 },
        new Fault { Share = 0.03, Status = 503 },
        new Fault { Share = 0.03, Reset = true },
        new Fault { Share = 0.04, AfterApplying = true },
    ];

    [Fact]
    public async Task Both_modes_bring_the_same_facts_in_the_order_of_each_device_though_calls_fail_at_random()
    {
        SandboxState[] states = await Task.WhenAll(DeliverAsync("single"), DeliverAsync("batch"));

        Comparable(states[1]).ShouldBe(Comparable(states[0]));
    }

    [Theory]
    [InlineData("single", "/customers")]
    [InlineData("batch", "/batch")]
    public async Task A_delivery_repeated_after_a_lost_answer_changes_nothing(string mode, string calls)
    {
        await using Host host = await Host.StartAsync(Quiet, $"--Delivery:Mode={mode}", "--Delivery:BatchItems=10", "--Delivery:BatchAnonymous=true");
        host.App.Sandbox!.AddFault(new Fault { Share = 0.3, AfterApplying = true, Match = calls });
        const int Few = 40;
        await SendAsync(host, Few);

        SandboxStats stats = host.App.Sandbox.GetStats();
        stats.Dropped["duplicate_event"].ShouldBeGreaterThan(10);
        new StateComparison(Few, Traffic, _ => false).Compare(host.App.Sandbox.GetState()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stuck_device_holds_up_its_own_partition_only_and_goes_on_in_its_order()
    {
        await using Host host = await Host.StartAsync(Quiet);
        host.App.Sandbox!.AddFault(new Fault { Status = 503, Match = "/stuck/" });
        JsonObject[] stuck = [.. Enumerable.Range(0, 5).Select(n => Tracks.Of(0, n, "stuck"))];
        JsonObject[] others = [.. Enumerable.Range(0, 630).Select(n => Tracks.Of(1 + (n % 63), n))];
        using HttpResponseMessage response = await host.PostAsync("/api/events", new JsonArray([.. stuck, .. others]).ToJsonString());

        await Eventually.BecomesTrueAsync(() => Task.FromResult(host.App.Sandbox.GetStats().Events == others.Length), "the others to be delivered");
        host.App.Sandbox.FindPerson("stuck").ShouldBeNull();
        host.App.Sandbox.ClearFaults();
        await Eventually.BecomesTrueAsync(() => Task.FromResult(host.App.Sandbox.FindPerson("stuck")?.Events.Count == stuck.Length), "the stuck ones to be delivered");

        host.App.Sandbox.FindPerson("stuck")!.Events.Select(source => source.Timestamp).ShouldBeInOrder();
    }

    private static async Task<SandboxState> DeliverAsync(string mode)
    {
        await using Host host = await Host.StartAsync(Quiet, $"--Delivery:Mode={mode}", "--Delivery:BatchItems=40");
        Array.ForEach(Faults, host.App.Sandbox!.AddFault);
        var order = new OrderCheck(Traffic);
        await SendAsync(host, Devices, () => Read(host, order));

        Read(host, order);
        SandboxState state = host.App.Sandbox.GetState();
        order.Violations.ShouldBeEmpty();
        order.Repeats.ShouldBeGreaterThan(0);
        new StateComparison(Devices, Traffic, _ => false).Compare(state).ShouldBeEmpty();
        return state;
    }

    private static async Task SendAsync(Host host, int devices, Action? look = null)
    {
        var stream = new TrafficStream(Enumerable.Range(0, devices), Traffic, devices, new Random(Seed));
        foreach (TrafficEvent[] chunk in stream.Chunk(500))
        {
            using HttpResponseMessage response = await host.PostAsync("/api/events", new JsonArray([.. chunk.Select(source => source.Body.DeepClone())]).ToJsonString());
            response.EnsureSuccessStatusCode();
        }

        await Eventually.BecomesTrueAsync(
            async () =>
            {
                look?.Invoke();
                return await host.Http.WaitingAsync() == 0;
            },
            "the queue to run empty");
    }

    private static void Read(Host host, OrderCheck order)
    {
        IReadOnlyList<ReceivedRequest> requests = host.App.Sandbox!.GetRequests(order.LastSequence);
        order.Read(JsonSerializer.SerializeToNode(requests, JsonSerializerOptions.Web)!.AsArray());
    }

    private static DeviceTraffic Traffic(int device) => DeviceTraffic.Of(Seed, device, withDeadLetters: false);

    // Generated ids and the order between people are nobody's facts.
    private static string Comparable(SandboxState state) => JsonSerializer.Serialize(
        new
        {
            people = state.People.OrderBy(person => person.Id, StringComparer.Ordinal).Select(person => person with { CioId = "" }),
            anonymous = state.AnonymousEvents.OrderBy(source => source.Timestamp),
        },
        JsonSerializerOptions.Web);
}
