using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Infra.Support;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.Infra;

public sealed class HostJsonTests
{
    private const string MaxConcurrentSessions = "AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentSessions";

    // What a delivery may still take when its hold budget is spent: the call it is in, and settling.
    private static readonly TimeSpan LastCall = TimeSpan.FromMinutes(1);

    private static readonly JsonNode Host = Repository.Json("host.json");
    private static readonly JsonNode ServiceBus = Host["extensions"]!["serviceBus"]!;

    [Fact]
    public void A_delivery_gives_up_before_the_host_ends_it_with_any_hold_budget_that_is_accepted()
    {
        TimeSpan tooLong = Time(Host["functionTimeout"]) - LastCall;

        Accepts("Delivery:HoldBudget", new DeliverySettings().HoldBudget).ShouldBeTrue();
        new DeliverySettings().HoldBudget.ShouldBeLessThan(tooLong);
        Accepts("Delivery:HoldBudget", tooLong).ShouldBeFalse();
    }

    // The client renews a lock from accepting the session on, not from each message.
    [Fact]
    public void A_lock_is_renewed_longer_than_a_session_is_held_and_its_last_delivery_waits_with_any_hold_budget_that_is_accepted()
    {
        TimeSpan tooLong = Time(ServiceBus["maxAutoLockRenewalDuration"]) - SessionHolds.Longest - LastCall;

        new DeliverySettings().HoldBudget.ShouldBeLessThan(tooLong);
        Accepts("Delivery:HoldBudget", tooLong).ShouldBeFalse();
    }

    [Fact]
    public void An_instance_can_hold_every_session_there_is_by_default()
    {
        DeliverySettings settings = new();

        ServiceBus["maxConcurrentSessions"]!.GetValue<int>().ShouldBe(settings.LivePartitions + settings.ImportPartitions);
        foreach (string environment in Snapshot.Names)
        {
            Settings(Snapshot.Of(environment))[MaxConcurrentSessions].ShouldBeNull("host.json holds");
        }
    }

    [BicepFact]
    public async Task With_more_partitions_than_that_the_app_is_told_to_hold_them_all()
    {
        string most = Partition.MaxCount.ToString(CultureInfo.InvariantCulture);
        Snapshot snapshot = await Bicep.SnapshotAsync(new Dictionary<string, string?>(Bicep.EnvironmentVariables("prod"), StringComparer.Ordinal)
        {
            ["DELIVERY__LIVEPARTITIONS"] = most,
            ["DELIVERY__IMPORTPARTITIONS"] = most,
        });

        Settings(snapshot)[MaxConcurrentSessions]!.GetValue<string>().ShouldBe((2 * Partition.MaxCount).ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void One_event_of_a_session_is_delivered_at_a_time_and_settled_by_the_handler()
    {
        ServiceBus["maxConcurrentCallsPerSession"]!.GetValue<int>().ShouldBe(1);
        ServiceBus["autoCompleteMessages"]!.GetValue<bool>().ShouldBeFalse();
        ServiceBus["prefetchCount"]!.GetValue<int>().ShouldBe(0);
        Host["concurrency"]!["dynamicConcurrencyEnabled"]!.GetValue<bool>().ShouldBeFalse();
    }

    [Fact]
    public void The_values_are_the_designs()
    {
        Time(Host["functionTimeout"]).ShouldBe(TimeSpan.FromMinutes(30));
        Time(ServiceBus["maxAutoLockRenewalDuration"]).ShouldBe(TimeSpan.FromHours(1));
        Time(ServiceBus["sessionIdleTimeout"]).ShouldBe(TimeSpan.FromSeconds(10));
        ServiceBus["maxConcurrentSessions"]!.GetValue<int>().ShouldBe(128);
        Host["extensions"]!["http"]!["routePrefix"]!.GetValue<string>().ShouldBeEmpty();
        new DeliverySettings().HoldBudget.ShouldBe(TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void An_idle_session_is_left_long_before_its_lock_would_end() =>
        Time(ServiceBus["sessionIdleTimeout"]).ShouldBeLessThan(Iso8601.Duration(Repository.Json("infra/queue.json")["lockDuration"]!.GetValue<string>()));

    [Fact]
    public void Telemetry_is_the_workers_and_host_sampling_is_not_pretended()
    {
        Host["telemetryMode"]!.GetValue<string>().ShouldBe("OpenTelemetry");
        Host["logging"]!["applicationInsights"].ShouldBeNull("it is ignored in this mode");
    }

    [Fact]
    public void Every_value_is_explained_in_the_operations_guide()
    {
        string guide = Repository.Text("docs/operations.md");

        foreach (string name in Leaves(Host).Where(name => name is not "version"))
        {
            guide.ShouldContain($"`{name}`");
        }
    }

    private static IEnumerable<string> Leaves(JsonNode node) =>
        node.AsObject().SelectMany(member => member.Value is JsonObject inner && member.Key is not "logLevel" ? Leaves(inner) : [member.Key]);

    private static bool Accepts(string name, TimeSpan value) =>
        SettingsReader.Read(new ConfigurationBuilder().AddInMemoryCollection([new(name, value.ToString("c", CultureInfo.InvariantCulture))]).Build()) is Checked<DestinationSettings>.Valid;

    private static JsonNode Settings(Snapshot snapshot) => snapshot.One("Microsoft.Web/sites/config")["properties"]!;

    private static TimeSpan Time(JsonNode? node) => TimeSpan.ParseExact(node!.GetValue<string>(), "c", CultureInfo.InvariantCulture);
}
