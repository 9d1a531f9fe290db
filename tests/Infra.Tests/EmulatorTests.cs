using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>The emulator takes the queue of infra/queue.json only within limits of its own.</summary>
public sealed partial class EmulatorTests
{
    private const string ConfigFile = "infra/emulator/config.json";
    private const string ComposeFile = "infra/emulator/compose.yaml";
    private const int MaxDeliveryCount = 10;
    private const string MaxTimeToLive = "PT1H";
    private const string MaxDuplicateWindow = "PT5M";
    private const string MaxLock = "PT5M";

    private static readonly JsonSerializerOptions Written = new() { WriteIndented = true };

    [Fact]
    public void The_config_is_the_queues_definition_within_the_emulators_limits()
    {
        string expected = Generate().ToJsonString(Written) + "\n";
        if (Environment.GetEnvironmentVariable("WRITE_EMULATOR_CONFIG") == "1")
        {
            File.WriteAllText(Repository.PathOf(ConfigFile), expected);
        }

        Repository.Text(ConfigFile).ShouldBe(expected, "write it anew: WRITE_EMULATOR_CONFIG=1 dotnet test tests/Infra.Tests");
    }

    [Fact]
    public void The_config_is_within_the_emulators_limits()
    {
        JsonNode config = Repository.Json(ConfigFile)["UserConfig"]!;
        JsonNode space = config["Namespaces"]!.AsArray().ShouldHaveSingleItem()!;
        JsonNode queue = space["Queues"]!.AsArray().ShouldHaveSingleItem()!["Properties"]!;

        space["Name"]!.GetValue<string>().ShouldBe("sbemulatorns");
        space["Topics"]!.AsArray().ShouldBeEmpty();
        queue["MaxDeliveryCount"]!.GetValue<int>().ShouldBeInRange(1, MaxDeliveryCount);
        Duration(queue, "DefaultMessageTimeToLive").ShouldBeInRange(TimeSpan.FromMinutes(5), TimeSpan.FromHours(1));
        Duration(queue, "DuplicateDetectionHistoryTimeWindow").ShouldBeInRange(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));
        Duration(queue, "LockDuration").ShouldBeInRange(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));
        config["Logging"]!["Type"]!.GetValue<string>().ShouldBeOneOf("File", "Console", "File,Console");
    }

    [Fact]
    public void Compose_gives_the_emulator_that_config_and_listens_on_this_machine_only()
    {
        JsonNode services = Yaml.Read(ComposeFile)["services"]!;

        services["servicebus"]!["volumes"]![0]!.GetValue<string>().ShouldStartWith($"./{Path.GetFileName(ConfigFile)}:/ServiceBus_Emulator/ConfigFiles/Config.json");
        services.AsObject().SelectMany(service => service.Value!["ports"]?.AsArray() ?? [])
            .ShouldAllBe(port => port!.GetValue<string>().StartsWith("127.0.0.1:", StringComparison.Ordinal));
        services["servicebus"]!["environment"]!["MSSQL_SA_PASSWORD"]!.GetValue<string>()
            .ShouldBe(services["sql"]!["environment"]!["MSSQL_SA_PASSWORD"]!.GetValue<string>());
    }

    [Fact]
    public void The_emulator_starts_when_its_database_answers()
    {
        JsonNode services = Yaml.Read(ComposeFile)["services"]!;
        string check = services["sql"]!["healthcheck"]!["test"]![1]!.GetValue<string>();

        services["servicebus"]!["depends_on"]!["sql"]!["condition"]!.GetValue<string>().ShouldBe("service_healthy");
        services["sql"]!["healthcheck"]!["test"]![0]!.GetValue<string>().ShouldBe("CMD-SHELL", "only a shell puts the password in");
        check.ShouldContain("sqlcmd");
        check.ShouldContain("\"$$MSSQL_SA_PASSWORD\"", customMessage: "with one $ compose would put its own variable in");
    }

    [Fact]
    public void Every_image_has_a_fixed_tag_and_a_variable_for_another()
    {
        string[] images = [.. Yaml.Read(ComposeFile)["services"]!.AsObject().Select(service => service.Value!["image"]!.GetValue<string>())];

        images.ShouldAllBe(image => FixedTag().IsMatch(image) && !image.Contains("latest", StringComparison.Ordinal));
        images.ShouldContain(image => image.EndsWith($":-{Repository.Json("tests/AzureServices.Tests/azurite/package.json")["dependencies"]!["azurite"]}}}", StringComparison.Ordinal),
            "the Azurite the tests run against");
    }

    private static JsonObject Generate()
    {
        JsonNode queue = Repository.Json("infra/queue.json");
        return new JsonObject
        {
            ["UserConfig"] = new JsonObject
            {
                ["Namespaces"] = new JsonArray(new JsonObject
                {
                    ["Name"] = "sbemulatorns",
                    ["Queues"] = new JsonArray(new JsonObject
                    {
                        ["Name"] = Text(queue, "name"),
                        ["Properties"] = new JsonObject
                        {
                            ["DeadLetteringOnMessageExpiration"] = queue["deadLetteringOnMessageExpiration"]!.GetValue<bool>(),
                            ["DefaultMessageTimeToLive"] = Iso8601.AtMost(Text(queue, "defaultMessageTimeToLive"), MaxTimeToLive),
                            ["DuplicateDetectionHistoryTimeWindow"] = Iso8601.AtMost(Text(queue, "duplicateDetectionHistoryTimeWindow"), MaxDuplicateWindow),
                            ["ForwardDeadLetteredMessagesTo"] = "",
                            ["ForwardTo"] = "",
                            ["LockDuration"] = Iso8601.AtMost(Text(queue, "lockDuration"), MaxLock),
                            ["MaxDeliveryCount"] = Math.Min(queue["maxDeliveryCount"]!.GetValue<int>(), MaxDeliveryCount),
                            ["RequiresDuplicateDetection"] = queue["requiresDuplicateDetection"]!.GetValue<bool>(),
                            ["RequiresSession"] = queue["requiresSession"]!.GetValue<bool>(),
                        },
                    }),
                    ["Topics"] = new JsonArray(),
                }),
                ["Logging"] = new JsonObject { ["Type"] = "Console" },
            },
        };
    }

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static TimeSpan Duration(JsonNode queue, string name) => Iso8601.Duration(Text(queue, name));

    [GeneratedRegex(@":\$\{[A-Z_]+_TAG:-[\w.-]+\}$", RegexOptions.None, 1000)]
    private static partial Regex FixedTag();
}
