using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>What azd gives to the template: the profile, and over it the variables.</summary>
public sealed partial class ParameterTests
{
    private static readonly string[] SetByAzd = ["AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_PRINCIPAL_ID", "AZURE_PRINCIPAL_TYPE"];

    // Each variable with a value that is no profile's.
    private static readonly Dictionary<string, string?> Everything = new(StringComparer.Ordinal)
    {
        ["PROFILE"] = "dev",
        ["AZURE_ENV_NAME"] = "all",
        ["AZURE_LOCATION"] = "northeurope",
        ["AZURE_PRINCIPAL_ID"] = "11111111-1111-1111-1111-111111111111",
        ["AZURE_PRINCIPAL_TYPE"] = "Group",
        ["QUEUE_NAME"] = "events-2",
        ["SERVICE_BUS_SKU"] = "Premium",
        ["MESSAGING_UNITS"] = "4",
        ["QUEUE_SIZE_MEGABYTES"] = "10240",
        ["MAXIMUM_INSTANCE_COUNT"] = "55",
        ["INSTANCE_MEMORY_MB"] = "4096",
        ["HTTP_PER_INSTANCE_CONCURRENCY"] = "77",
        ["ALWAYS_READY_HTTP"] = "3",
        ["ALWAYS_READY_DELIVERY"] = "5",
        ["DELIVERY_ENABLED"] = "false",
        ["PRIVATE_NETWORK"] = "true",
        ["NETWORK_ADDRESS_PREFIX"] = "10.99.0.0/24",
        ["ALLOWED_CALLERS"] = "203.0.113.0/24, 198.51.100.7",
        ["ALLOWED_OPERATORS"] = "192.0.2.10",
        ["ZONE_REDUNDANT"] = "true",
        ["DELETE_LOCKS"] = "true",
        ["GRANT_NAMESPACE_READ"] = "false",
        ["RETENTION_DAYS"] = "45",
        ["DAILY_CAP_GIGABYTES"] = "9",
        ["ALERT_EMAIL"] = "a@example.com,b@example.com",
        ["ALERT_WEBHOOK"] = "https://example.com/a?token=1,https://example.com/b",
        ["AVAILABILITY_TEST"] = "false",
        ["ALERT_ON_SILENCE"] = "true",
        ["ALERT_OLDEST_AGE_SECONDS"] = "1200",
        ["ALERT_RATE_LIMITED"] = "51",
        ["ALERT_SERVER_ERRORS"] = "52",
        ["ALERT_SILENCE_WINDOW"] = "PT6H",
        ["MONTHLY_BUDGET"] = "321",
        ["BUDGET_START"] = "2027-02-01",
    };

    [Fact]
    public void Every_parameter_of_the_template_is_given()
    {
        // The time of the deployment is told by the default alone.
        string[] declared = [.. Parameter().Matches(Repository.Text("infra/main.bicep")).Select(match => match.Groups[1].Value).Except(["thisMonth"])];

        ParameterFile.Parameters.ShouldBe(declared, ignoreOrder: true);
        ParameterFile.Variables.ShouldBeUnique();
    }

    [Fact]
    public void Every_setting_has_a_variable_its_name_in_capitals()
    {
        Dictionary<string, string> shortened = new(StringComparer.Ordinal) { ["CustomerIo__SiteId"] = "CUSTOMERIO_SITE_ID", ["CustomerIo__Region"] = "CUSTOMERIO_REGION" };

        ParameterFile.SettingVariables.Keys.ShouldBe(SettingGroups.Given, ignoreOrder: true);
        ParameterFile.SettingVariables.ShouldAllBe(setting => setting.Value == shortened.GetValueOrDefault(setting.Key, setting.Key.ToUpperInvariant()));
    }

    [Fact]
    public void Every_variable_is_told_of_in_the_operations_guide()
    {
        string guide = Repository.Text("docs/operations.md");
        string[] told = [.. ParameterFile.Variables.Except(SetByAzd).Except(ParameterFile.SettingVariables.Values), "CUSTOMERIO_SITE_ID", "CUSTOMERIO_REGION", "SECRETS_BY_HAND"];

        told.ShouldAllBe(name => guide.Contains($"| `{name}` |", StringComparison.Ordinal));
    }

    [BicepFact]
    public async Task Every_variable_reaches_its_parameter()
    {
        Dictionary<string, string?> variables = new(Everything, StringComparer.Ordinal);
        foreach ((string setting, string variable) in ParameterFile.SettingVariables)
        {
            variables[variable] = Example(setting);
        }

        variables.Keys.ShouldBe(ParameterFile.Variables, ignoreOrder: true);
        JsonObject given = await ParametersAsync(variables);

        Value(given, "location").ShouldBe("\"northeurope\"");
        Value(given, "environmentName").ShouldBe("\"all\"");
        Value(given, "principalId").ShouldBe("\"11111111-1111-1111-1111-111111111111\"");
        Value(given, "principalType").ShouldBe("\"Group\"");
        Value(given, "queueName").ShouldBe("\"events-2\"");
        Value(given, "serviceBus").ShouldBe("""{"sku":"Premium","messagingUnits":4,"queueSizeMegabytes":10240}""");
        Value(given, "scale").ShouldBe("""{"maximumInstanceCount":55,"instanceMemoryMB":4096,"httpPerInstanceConcurrency":77}""");
        Value(given, "alwaysReadyHttp").ShouldBe("3");
        Value(given, "alwaysReadyDelivery").ShouldBe("5");
        Value(given, "deliveryEnabled").ShouldBe("false");
        Value(given, "privateNetwork").ShouldBe("true");
        Value(given, "networkAddressPrefix").ShouldBe("\"10.99.0.0/24\"");
        Value(given, "allowedCallers").ShouldBe("""["203.0.113.0/24","198.51.100.7"]""");
        Value(given, "allowedOperators").ShouldBe("""["192.0.2.10"]""");
        Value(given, "zoneRedundant").ShouldBe("true");
        Value(given, "deleteLocks").ShouldBe("true");
        Value(given, "grantNamespaceRead").ShouldBe("false");
        Value(given, "retentionDays").ShouldBe("45");
        Value(given, "dailyCapGigabytes").ShouldBe("9");
        Value(given, "alertEmailAddresses").ShouldBe("""["a@example.com","b@example.com"]""");
        Value(given, "alertWebhooks").ShouldBe("\"https://example.com/a?token=1,https://example.com/b\"");
        Value(given, "availabilityTest").ShouldBe("false");
        Value(given, "alertOnSilence").ShouldBe("true");
        Value(given, "alerts").ShouldBe("""{"oldestAgeSeconds":1200,"rateLimited":51,"serverErrors":52,"silenceWindow":"PT6H"}""");
        Value(given, "monthlyBudget").ShouldBe("321");
        Value(given, "budgetStartDate").ShouldBe("\"2027-02-01\"");
        foreach ((string setting, string _) in ParameterFile.SettingVariables)
        {
            given["settings"]!["value"]![setting]!.ToString().Equals(Example(setting), StringComparison.OrdinalIgnoreCase).ShouldBeTrue(setting);
        }
    }

    [BicepFact]
    public async Task A_profile_nobody_knows_is_refused_with_the_names_there_are()
    {
        CommandResult result = await Bicep.ParametersAsync(new Dictionary<string, string?>(Bicep.EnvironmentVariables("prod"), StringComparer.Ordinal) { ["PROFILE"] = "staging" });

        result.ExitCode.ShouldNotBe(0);
        result.Error.ShouldContain("""Available properties include "", "dev", "private", "prod".""");
    }

    [BicepFact]
    public async Task Without_variables_it_is_production()
    {
        Dictionary<string, string?> variables = new(StringComparer.Ordinal) { ["AZURE_ENV_NAME"] = "prod", ["AZURE_LOCATION"] = "westeurope", ["ALERT_EMAIL"] = "oncall@example.com", ["BUDGET_START"] = "2026-12-01", ["PROFILE"] = "" };

        (await ParametersAsync(variables)).ToJsonString().ShouldBe((await ParametersAsync(Bicep.EnvironmentVariables("prod"))).ToJsonString());
    }

    [BicepFact]
    public async Task A_private_vault_opens_to_the_allowed_operators_and_to_nobody_else()
    {
        Snapshot snapshot = await Bicep.SnapshotAsync(
            new Dictionary<string, string?>(Bicep.EnvironmentVariables("private"), StringComparer.Ordinal) { ["ALLOWED_OPERATORS"] = "192.0.2.10" });
        JsonNode vault = snapshot.One("Microsoft.KeyVault/vaults")["properties"]!;

        Snapshot.Text(vault["publicNetworkAccess"]).ShouldBe("Enabled");
        Snapshot.Text(vault["networkAcls"]!["defaultAction"]).ShouldBe("Deny");
        Snapshot.Text(vault["networkAcls"]!["ipRules"]!.AsArray().ShouldHaveSingleItem()!["value"]).ShouldBe("192.0.2.10");
    }

    private static async Task<JsonObject> ParametersAsync(Dictionary<string, string?> variables)
    {
        CommandResult result = await Bicep.ParametersAsync(variables);
        result.ExitCode.ShouldBe(0, result.Everything);
        result.Error.ShouldBeEmpty();
        return JsonNode.Parse(JsonNode.Parse(result.Output)!["parametersJson"]!.GetValue<string>())!["parameters"]!.AsObject();
    }

    private static string Value(JsonObject given, string name) => given[name]!["value"]!.ToJsonString();

    private static string Example(string setting)
    {
        string type = SettingType().Matches(Repository.Text("infra/modules/types.bicep")).Single(match => match.Groups[1].Value == setting).Groups[2].Value;
        return type switch
        {
            "string" => $"any-{setting}",
            "int" => setting.Length.ToString(CultureInfo.InvariantCulture),
            "bool" => "true",
            _ => type.Split('\'')[^2],
        };
    }

    [GeneratedRegex(@"^param (\w+) ", RegexOptions.Multiline, 1000)]
    private static partial Regex Parameter();

    [GeneratedRegex(@"^  (\w+__\w+): (.*)\?$", RegexOptions.Multiline, 1000)]
    private static partial Regex SettingType();
}
