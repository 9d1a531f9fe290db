using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>Bicep knows the properties of a queue, and none of the service's limits.</summary>
public sealed class ServiceBusTests
{
    private const string Namespaces = "Microsoft.ServiceBus/namespaces";

    private static readonly int[] StandardSizes = [1024, 2048, 3072, 4096, 5120];
    private static readonly int[] PremiumSizes = [.. StandardSizes, 10240, 20480, 40960, 81920];

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void The_queue_is_within_the_services_limits(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);
        JsonNode queue = Queue(snapshot);
        bool premium = Snapshot.Text(snapshot.One(Namespaces)["sku"]!["name"]) == "Premium";

        Duration(queue, "lockDuration").ShouldBeInRange(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));
        Duration(queue, "duplicateDetectionHistoryTimeWindow").ShouldBeInRange(TimeSpan.FromSeconds(20), TimeSpan.FromDays(7));
        Duration(queue, "defaultMessageTimeToLive").ShouldBeGreaterThan(TimeSpan.FromDays(3), "the retry window must end first");
        queue["maxDeliveryCount"]!.GetValue<int>().ShouldBeInRange(1, 2000);
        (premium ? PremiumSizes : StandardSizes).ShouldContain(queue["maxSizeInMegabytes"]!.GetValue<int>());
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void The_queue_is_the_one_the_design_asks_for(string environment)
    {
        JsonNode queue = Queue(Snapshot.Of(environment));

        Duration(queue, "lockDuration").ShouldBe(TimeSpan.FromMinutes(1));
        Duration(queue, "duplicateDetectionHistoryTimeWindow").ShouldBe(TimeSpan.FromDays(7));
        Duration(queue, "defaultMessageTimeToLive").ShouldBe(TimeSpan.FromDays(14));
        queue["maxDeliveryCount"]!.GetValue<int>().ShouldBe(100);
        Flag(queue, "requiresSession").ShouldBeTrue();
        Flag(queue, "requiresDuplicateDetection").ShouldBeTrue();
        Flag(queue, "deadLetteringOnMessageExpiration").ShouldBeTrue();
        Flag(queue, "enablePartitioning").ShouldBeFalse("a partitioned queue takes no batch of several sessions");
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Messaging_units_and_partitions_are_for_premium(string environment)
    {
        JsonObject bus = Snapshot.Of(environment).One(Namespaces);
        bool premium = Snapshot.Text(bus["sku"]!["name"]) == "Premium";

        bus["sku"]!["tier"]!.GetValue<string>().ShouldBe(bus["sku"]!["name"]!.GetValue<string>());
        (bus["sku"]!["capacity"] is not null).ShouldBe(premium);
        bus["properties"]!["premiumMessagingPartitions"]!.GetValue<int>().ShouldBe(premium ? 1 : 0);
    }

    [Fact]
    public void Production_is_standard_by_default_and_premium_where_it_is_private()
    {
        Snapshot.Text(Snapshot.Of("prod").One(Namespaces)["sku"]!["name"]).ShouldBe("Standard");
        Snapshot.Text(Snapshot.Of("private").One(Namespaces)["sku"]!["name"]).ShouldBe("Premium");
    }

    private static JsonNode Queue(Snapshot snapshot) => snapshot.One(Namespaces + "/queues")["properties"]!;

    private static TimeSpan Duration(JsonNode properties, string name) => Iso8601.Duration(properties[name]!.GetValue<string>());

    private static bool Flag(JsonNode properties, string name) => properties[name]!.GetValue<bool>();
}
