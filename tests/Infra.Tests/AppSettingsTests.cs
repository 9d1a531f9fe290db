using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed partial class AppSettingsTests
{
    [Theory]
    [InlineData("dev")]
    [InlineData("prod")]
    [InlineData("private", "Mapping__EventIdProperty")]
    public void Every_setting_the_app_reads_is_set_and_no_other(string environment, params string[] given)
    {
        string[] expected = [.. SettingGroups.All.Except(SettingGroups.LocalOnly).Except(SettingGroups.UnsetByDefault).Concat(SettingGroups.Platform).Concat(given)];

        AppSettings(environment).Select(setting => setting.Key).ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public void A_setting_that_is_unset_by_default_is_set_when_it_is_given() =>
        AppSettings("private")["Mapping__EventIdProperty"]!.GetValue<string>().ShouldBe("event_ulid");

    [Fact]
    public void Every_setting_that_is_no_secret_can_be_given()
    {
        string types = Repository.Text("infra/modules/types.bicep");
        SettingMember().Matches(types).Select(match => match.Groups[1].Value).ShouldBe(SettingGroups.Given, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Secrets_are_references_to_the_vault(string environment)
    {
        JsonObject settings = AppSettings(environment);

        foreach (string name in SettingGroups.Secret)
        {
            settings[name]!.GetValue<string>().ShouldContain("@Microsoft.KeyVault(SecretUri=");
        }

        settings["CustomerIo__ApiKeySecretUri"]!.GetValue<string>().ShouldContain("secrets/customerio-api-key");
    }

    [Theory]
    [InlineData("infra/hooks/secrets.sh")]
    [InlineData("infra/hooks/secrets.ps1")]
    public void Every_secret_that_is_referred_to_is_made_by_the_hook(string hook)
    {
        string script = Repository.Text(hook);
        string[] names = [.. SettingGroups.Secret.Append("CustomerIo__ApiKeySecretUri").Select(name => SecretName().Match(AppSettings("prod")[name]!.GetValue<string>()).Groups[1].Value)];

        names.Distinct(StringComparer.Ordinal).Count().ShouldBe(SettingGroups.Secret.Count + 1);
        names.ShouldAllBe(name => script.Contains(name, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Nothing_is_set_that_flex_keeps_elsewhere(string environment)
    {
        string[] refused = ["FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION", "WEBSITE_RUN_FROM_PACKAGE", "WEBSITE_CONTENTSHARE", "WEBSITE_CONTENTAZUREFILECONNECTIONSTRING"];

        AppSettings(environment).Select(setting => setting.Key).ShouldAllBe(name => !refused.Contains(name));
    }

    // With the account's name the host finds every service of it, and no key is anywhere.
    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void The_hosts_storage_is_named_by_its_account_and_reached_by_the_identity(string environment)
    {
        JsonObject settings = AppSettings(environment);

        settings["AzureWebJobsStorage__accountName"]!.GetValue<string>().ShouldContain("outputs.hostName", customMessage: "known when the account is there");
        settings["AzureWebJobsStorage__credential"]!.GetValue<string>().ShouldBe("managedidentity");
        settings.Select(setting => setting.Key).ShouldNotContain("AzureWebJobsStorage");
    }

    [BicepFact]
    public async Task One_variable_takes_trigger_and_client_to_web_sockets()
    {
        Snapshot snapshot = await Bicep.SnapshotAsync(
            new Dictionary<string, string?>(Bicep.EnvironmentVariables("prod"), StringComparer.Ordinal) { ["SERVICEBUS__TRANSPORTTYPE"] = "AmqpWebSockets" });
        JsonNode settings = snapshot.One("Microsoft.Web/sites/config")["properties"]!;

        Snapshot.Text(settings["ServiceBus__TransportType"]).ShouldBe("AmqpWebSockets");
        Snapshot.Text(settings["AzureFunctionsJobHost__extensions__serviceBus__transportType"]).ShouldBe("amqpWebSockets");
        AppSettings("prod").Select(setting => setting.Key).ShouldNotContain("AzureFunctionsJobHost__extensions__serviceBus__transportType");
    }

    [Fact]
    public void One_parameter_stops_the_receiver_and_the_function()
    {
        JsonObject settings = AppSettings("prod");

        settings["Delivery__Enabled"]!.GetValue<string>().ShouldBe("true");
        settings["AzureWebJobs.DeliverEvent.Disabled"]!.GetValue<string>().ShouldBe("false");
        Repository.Text("infra/modules/function-app.bicep").Split("deliveryEnabled ?").Length.ShouldBe(3);
    }

    [Fact]
    public void The_sample_settings_are_ones_that_somebody_reads()
    {
        JsonObject sample = Repository.Json("local.settings.sample.json")["Values"]!.AsObject();
        string[] local = ["FUNCTIONS_WORKER_RUNTIME", "AzureWebJobsStorage", "AzureWebJobsDisableHomepage"];

        sample.Select(setting => setting.Key).ShouldAllBe(name => SettingGroups.All.Contains(name) || local.Contains(name));
        sample["ServiceBusQueueName"]!.GetValue<string>().ShouldBe(Repository.Json("infra/queue.json")["name"]!.GetValue<string>());
        sample["ServiceBus"]!.GetValue<string>().ShouldContain("UseDevelopmentEmulator=true");
    }

    [Fact]
    public void The_settings_of_a_container_are_ones_that_somebody_reads()
    {
        string guide = Repository.Text("docs/container.md");
        string section = guide[guide.IndexOf("## Over Service Bus", StringComparison.Ordinal)..guide.IndexOf("## Azure Container Apps", StringComparison.Ordinal)];
        string[] named = [.. section.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal)).SelectMany(line => SettingInCode().Matches(line.Split('|')[1]).Select(match => match.Groups[1].Value))];

        named.Length.ShouldBeGreaterThan(7);
        named.Except(["AZURE_CLIENT_ID"]).ShouldBeSubsetOf(SettingGroups.All);
    }

    private static JsonObject AppSettings(string environment) => Snapshot.Of(environment).One("Microsoft.Web/sites/config")["properties"]!.AsObject();

    [GeneratedRegex(@"^  ([A-Z][A-Za-z]*(?:__\w+)+): ", RegexOptions.Multiline, 1000)]
    private static partial Regex SettingMember();

    [GeneratedRegex(@"\{0\}(?:secrets/)?([a-z0-9-]+)\)?'", RegexOptions.None, 1000)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"`(\w+)`", RegexOptions.None, 1000)]
    private static partial Regex SettingInCode();
}
