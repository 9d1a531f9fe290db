using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.AzureServices.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using ServiceBusDouble;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.AzureServices.Tests.RateShare;

/// <summary>Hosts in processes of their own, on one queue and in one budget, one of which dies.</summary>
public sealed class ProcessesTests
{
    private const int RequestsPerSecond = 100;
    private const int Events = 900;
    private const int Users = 60;

    [AzuriteFact]
    public async Task Three_deliver_in_one_budget_and_order_and_one_that_is_killed_takes_nothing_along()
    {
        using var folder = new TemporaryFolder();
        string account = await Azurite.NewAccountAsync();
        await using SandboxProcess sandbox = await SandboxProcess.StartAsync(folder.Path, faultSeed: 1);
        await using BrokerDouble broker = BrokerDouble.Start(QueueDefinition.AsInAzure("freshpaint-events") with { LockDuration = TimeSpan.FromSeconds(5) });
        await using ChildProcess first = Start(folder, "first", account, sandbox.Address, broker.ConnectionString);
        await using ChildProcess second = Start(folder, "second", account, sandbox.Address, broker.ConnectionString);
        await using ChildProcess third = Start(folder, "third", account, sandbox.Address, broker.ConnectionString);
        using var http = new HttpClient { BaseAddress = await first.BaseAddressAsync() };
        await Task.WhenAll(second.BaseAddressAsync(), third.BaseAddressAsync());

        await PostAsync(http);
        await Eventually.BecomesTrueAsync(async () => (await sandbox.StatsAsync()).Events > Events / 4, "the second host to be at work");
        await second.KillAsync();
        await Eventually.BecomesTrueAsync(async () => (await sandbox.StatsAsync()).Events == Events, "the others to deliver the rest");

        // With a budget each it would be three times the rate; the bound is wide because a loaded machine bunches what was sent evenly.
        SandboxStats stats = await sandbox.StatsAsync();
        stats.HighestPerSecond.ShouldBeLessThan(RequestsPerSecond * 3 / 2);
        SandboxState state = await sandbox.StateAsync();
        state.People.Count.ShouldBe(Users);
        state.People.ShouldAllBe(person => person.Events.Select(taken => taken.Timestamp).SequenceEqual(person.Events.Select(taken => taken.Timestamp).Order()));
    }

    private static ChildProcess Start(TemporaryFolder folder, string name, string account, Uri trackApi, string broker) => HostProcess.Start(
        folder.Path,
        [
            "--Urls=http://127.0.0.1:0",
            "--CustomerIo:SiteId=site",
            "--CustomerIo:ApiKey=key",
            $"--CustomerIo:TrackApiUrl={trackApi}",
            $"--Delivery:RequestsPerSecond={RequestsPerSecond}",
            "--Queue:Kind=ServiceBus",
            $"--Queue:Path={Path.Combine(folder.Path, name)}.db",
            $"--ServiceBus={broker}",
            $"--RateShare={account}",
            $"--DeliveryLog={account}",
            "--Logging:LogLevel:Default=Warning",
        ]);

    private static async Task PostAsync(HttpClient http)
    {
        JsonArray batch = [.. Enumerable.Range(0, Events).Select(number => (JsonNode)new JsonObject
        {
            ["type"] = "track",
            ["event"] = "Tick",
            ["userId"] = string.Create(CultureInfo.InvariantCulture, $"user-{number % Users}"),
            ["messageId"] = string.Create(CultureInfo.InvariantCulture, $"m-{number}"),
            ["timestamp"] = 1_790_000_000 + number,
        })];
        using HttpResponseMessage answer = await http.PostAsync("/api/events", new StringContent(batch.ToJsonString()));
        answer.EnsureSuccessStatusCode();
    }
}
