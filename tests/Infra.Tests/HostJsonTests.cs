using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed class HostJsonTests
{
    // How long the handler keeps a session before it gives it back: the client renews a lock from accepting the session on, not from each message.
    private static readonly TimeSpan SessionHeld = TimeSpan.FromMinutes(30);

    private static readonly JsonNode Host = Repository.Json("host.json");
    private static readonly JsonNode ServiceBus = Host["extensions"]!["serviceBus"]!;

    [Fact]
    public void A_delivery_gives_up_before_the_host_ends_it() =>
        HoldBudget().ShouldBeLessThan(Time(Host["functionTimeout"]));

    [Fact]
    public void A_lock_is_renewed_longer_than_a_session_is_held_and_its_last_delivery_waits() =>
        (SessionHeld + HoldBudget()).ShouldBeLessThan(Time(ServiceBus["maxAutoLockRenewalDuration"]));

    [Fact]
    public void An_instance_can_hold_every_session_there_is()
    {
        JsonNode settings = Snapshot.Of("prod").One("Microsoft.Web/sites/config")["properties"]!;
        int sessions = Number(settings["Delivery__LivePartitions"]) + Number(settings["Delivery__ImportPartitions"]);

        ServiceBus["maxConcurrentSessions"]!.GetValue<int>().ShouldBe(sessions);
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
        HoldBudget().ShouldBe(TimeSpan.FromMinutes(10));
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

    private static TimeSpan HoldBudget() => Time(Snapshot.Of("prod").One("Microsoft.Web/sites/config")["properties"]!["Delivery__HoldBudget"]);

    private static TimeSpan Time(JsonNode? node) => TimeSpan.ParseExact(node!.GetValue<string>(), "c", CultureInfo.InvariantCulture);

    private static int Number(JsonNode? node) => int.Parse(node!.GetValue<string>(), CultureInfo.InvariantCulture);
}
