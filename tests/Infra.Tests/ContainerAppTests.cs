using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>The container in Container Apps: infra/container-apps, by its snapshot.</summary>
public sealed class ContainerAppTests
{
    private static readonly Snapshot Deployed = Snapshot.OfContainer();

    [BicepFact]
    public async Task The_snapshot_shows_what_is_deployed()
    {
        CommandResult result = await Bicep.ValidateContainerSnapshotAsync();

        result.ExitCode.ShouldBe(0, $"run infra/snapshots.sh and look at the difference.\n{result.Everything}");
        result.Everything.ShouldNotContain("Warning");
    }

    // An app refuses to start with a secret that is not there, and Container Apps the deployment.
    [BicepFact]
    public async Task Without_an_image_all_but_the_app_is_made()
    {
        CommandResult result = await Bicep.RunAsync("build", "--stdout", "container-apps/main.bicep");

        result.Error.ShouldBeEmpty();
        JsonObject resources = JsonNode.Parse(result.Output)!["resources"]!.AsObject();
        Snapshot.Text(resources["app"]!["condition"]).ShouldBe("[not(empty(parameters('image')))]");
        resources.Where(resource => resource.Value!["condition"] is not null).Select(resource => resource.Key).ShouldBe(["app", "availability"], ignoreOrder: true);
    }

    [Fact]
    public void It_is_reached_by_https_alone_and_asked_for_its_health()
    {
        JsonNode ingress = App["configuration"]!["ingress"]!;
        JsonNode[] probes = [.. Container["probes"]!.AsArray()!];

        ingress["allowInsecure"]!.GetValue<bool>().ShouldBeFalse();
        ingress["targetPort"]!.GetValue<int>().ShouldBe(8080);
        probes.Select(probe => (Snapshot.Text(probe["type"]), probe["httpGet"]?["path"]?.GetValue<string>())).ShouldBe(
            [("Startup", "/api/health"), ("Readiness", "/api/health"), ("Liveness", null)]);
        App["template"]!["terminationGracePeriodSeconds"]!.GetValue<int>().ShouldBe(40);
    }

    [Fact]
    public void Several_replicas_share_rate_and_state_and_one_always_runs()
    {
        JsonNode scale = App["template"]!["scale"]!;
        Dictionary<string, JsonNode> variables = Variables();

        scale["minReplicas"]!.GetValue<int>().ShouldBe(1);
        scale["maxReplicas"]!.GetValue<int>().ShouldBeGreaterThan(1);
        variables.Keys.ShouldContain("RateShare__blobServiceUri");
        variables.Keys.ShouldContain("DeliveryLog__tableServiceUri");
        Snapshot.Text(variables["Queue__Kind"]["value"]).ShouldBe("ServiceBus");
        scale["rules"]!.AsArray().Select(rule => rule!["custom"]?["type"]?.GetValue<string>() ?? "http").ShouldBe(["http", "azure-servicebus"]);
    }

    [Fact]
    public void Its_settings_are_the_products_and_every_secret_is_a_reference_to_the_vault()
    {
        Dictionary<string, JsonNode> variables = Variables();
        string[] secrets = [.. App["configuration"]!["secrets"]!.AsArray().Select(secret => Snapshot.Text(secret!["name"]))];

        variables.Keys.ShouldBeSubsetOf([.. SettingGroups.All, "AZURE_CLIENT_ID"]);
        variables.Where(variable => variable.Value["secretRef"] is not null).Select(variable => variable.Key).ShouldBe(SettingGroups.Secret, ignoreOrder: true);
        variables.Values.Where(variable => variable["secretRef"] is not null).Select(variable => Snapshot.Text(variable["secretRef"])).ShouldBe(secrets, ignoreOrder: true);
        App["configuration"]!["secrets"]!.AsArray().ShouldAllBe(secret => secret!["value"] == null && Snapshot.Text(secret["keyVaultUrl"]).Contains("secrets/", StringComparison.Ordinal));
        secrets.ShouldAllBe(secret => Repository.Text("infra/hooks/secrets.sh").Contains(secret, StringComparison.Ordinal), "the hook makes it");
    }

    [Fact]
    public void Nothing_takes_a_shared_key_and_strangers_read_nothing()
    {
        Deployed.All("Microsoft.Storage/storageAccounts").ShouldAllBe(account => !Flag(account, "allowSharedKeyAccess") && !Flag(account, "allowBlobPublicAccess"));
        Flag(Deployed.One("Microsoft.ServiceBus/namespaces"), "disableLocalAuth").ShouldBeTrue();
        Snapshot.Text(Deployed.One("Microsoft.App/managedEnvironments")["properties"]!["appLogsConfiguration"]!["destination"]).ShouldBe("azure-monitor");
        Deployed.Resources.ShouldAllBe(resource => !resource.ToJsonString(null).Contains("listKeys", StringComparison.OrdinalIgnoreCase));
    }

    // Of the Functions app's rights all but those on its host's storage.
    [Fact]
    public void It_has_no_other_rights_than_the_functions_app()
    {
        string[] roles = [.. Roles(Deployed)];

        roles.Length.ShouldBe(7);
        roles.ShouldBeSubsetOf(Roles(Snapshot.Of("prod")));
        roles.ShouldNotContain("b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "Storage Blob Data Owner is for the Functions host");
    }

    private static JsonNode App => Deployed.One("Microsoft.App/containerApps")["properties"]!;

    private static JsonNode Container => App["template"]!["containers"]!.AsArray().ShouldHaveSingleItem()!;

    private static Dictionary<string, JsonNode> Variables() =>
        Container["env"]!.AsArray().ToDictionary(variable => Snapshot.Text(variable!["name"]), variable => variable!, StringComparer.Ordinal);

    private static IEnumerable<string> Roles(Snapshot snapshot) =>
        snapshot.All("Microsoft.Authorization/roleAssignments").Select(assignment => Snapshot.Text(assignment["properties"]!["roleDefinitionId"]))
            .Select(id => id == Snapshot.Text(snapshot.One("Microsoft.Authorization/roleDefinitions")["id"]) ? "custom" : id.Split('/')[^1]);

    private static bool Flag(JsonNode resource, string name) => resource["properties"]![name]!.GetValue<bool>();
}
