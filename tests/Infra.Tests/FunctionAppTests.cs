using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed class FunctionAppTests
{
    // HTTP functions share one group, "http"; each other function has its own.
    private static readonly string[] AlwaysReadyGroups = ["http", "function:DeliverEvent", "function:WatchQueue"];

    private static readonly int[] MemorySizes = [512, 2048, 4096];

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void The_plan_is_flex_consumption_and_scales_within_its_limits(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);
        JsonNode scale = Config(snapshot)["scaleAndConcurrency"]!;

        Snapshot.Text(snapshot.One("Microsoft.Web/serverfarms")["sku"]!["name"]).ShouldBe("FC1");
        MemorySizes.ShouldContain(scale["instanceMemoryMB"]!.GetValue<int>());
        scale["maximumInstanceCount"]!.GetValue<int>().ShouldBeInRange(40, 1000, "fewer than 40 fails in some regions");
        scale["triggers"]!["http"]!["perInstanceConcurrency"]!.GetValue<int>().ShouldBeInRange(1, 1000);
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void The_runtime_is_one_that_flex_has(string environment)
    {
        JsonNode runtime = Config(Snapshot.Of(environment))["runtime"]!;

        Snapshot.Text(runtime["name"]).ShouldBe("dotnet-isolated");
        Snapshot.Text(runtime["version"]).ShouldBe("10.0");
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Only_groups_of_the_apps_functions_are_always_ready(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);
        bool zones = snapshot.One("Microsoft.Web/serverfarms")["properties"]!["zoneRedundant"]!.GetValue<bool>();

        foreach (JsonNode? group in Config(snapshot)["scaleAndConcurrency"]!["alwaysReady"]!.AsArray())
        {
            AlwaysReadyGroups.ShouldContain(Snapshot.Text(group!["name"]));
            group["instanceCount"]!.GetValue<int>().ShouldBeGreaterThanOrEqualTo(zones ? 2 : 1, "zone redundancy needs two in each group");
        }
    }

    [Fact]
    public void In_production_one_instance_always_waits_for_requests()
    {
        JsonNode group = Config(Snapshot.Of("prod"))["scaleAndConcurrency"]!["alwaysReady"]!.AsArray().ShouldHaveSingleItem()!;

        Snapshot.Text(group["name"]).ShouldBe("http");
        group["instanceCount"]!.GetValue<int>().ShouldBe(1);
    }

    // Flex Consumption has one platform. A build that is not for publishing stays where the tests and Core Tools look for it.
    [Theory]
    [InlineData("true", "linux-x64", "true")]
    [InlineData("", "", "")]
    public async Task What_is_published_is_compiled_ahead_for_the_platform_and_what_is_built_is_not(string publishing, string platform, string ahead)
    {
        CommandResult result = await CommandLine.RunAsync(
            "dotnet", Repository.PathOf("."), "msbuild", "src/FunctionsApp/FunctionsApp.csproj", $"-p:_IsPublishing={publishing}", "-getProperty:RuntimeIdentifier,PublishReadyToRun,SelfContained");
        JsonNode properties = JsonNode.Parse(result.Output)!["Properties"]!;

        (Snapshot.Text(properties["RuntimeIdentifier"]), Snapshot.Text(properties["PublishReadyToRun"]), Snapshot.Text(properties["SelfContained"])).ShouldBe((platform, ahead, "false"));
    }

    [Fact]
    public void The_app_is_tagged_with_the_name_of_azds_service() =>
        Snapshot.Text(Snapshot.Of("prod").One("Microsoft.Web/sites")["tags"]!["azd-service-name"]).ShouldBe("destination");

    private static JsonNode Config(Snapshot snapshot) => snapshot.One("Microsoft.Web/sites")["properties"]!["functionAppConfig"]!;
}
