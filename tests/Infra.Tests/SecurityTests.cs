using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed class SecurityTests
{
    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Nothing_takes_a_shared_key(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);

        snapshot.All("Microsoft.Storage/storageAccounts").ShouldAllBe(account => !Flag(account, "allowSharedKeyAccess"));
        Flag(snapshot.One("Microsoft.ServiceBus/namespaces"), "disableLocalAuth").ShouldBeTrue();
        Flag(snapshot.One("Microsoft.Insights/components"), "DisableLocalAuth").ShouldBeTrue();
        snapshot.One("Microsoft.OperationalInsights/workspaces")["properties"]!["features"]!["disableLocalAuth"]!.GetValue<bool>().ShouldBeTrue();
        snapshot.Resources.ShouldAllBe(resource => !resource.ToJsonString(null).Contains("listKeys", StringComparison.OrdinalIgnoreCase));
        snapshot.All("Microsoft.Web/sites/basicPublishingCredentialsPolicies").Count(policy => !Flag(policy, "allow")).ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Everything_speaks_TLS_1_2_or_later(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);
        JsonObject site = snapshot.One("Microsoft.Web/sites");

        snapshot.All("Microsoft.Storage/storageAccounts").ShouldAllBe(account => Text(account, "minimumTlsVersion") == "TLS1_2" && Flag(account, "supportsHttpsTrafficOnly"));
        Text(snapshot.One("Microsoft.ServiceBus/namespaces"), "minimumTlsVersion").ShouldBe("1.2");
        Flag(site, "httpsOnly").ShouldBeTrue();
        Snapshot.Text(site["properties"]!["siteConfig"]!["minTlsVersion"]).ShouldBe("1.2");
        Snapshot.Text(site["properties"]!["siteConfig"]!["scmMinTlsVersion"]).ShouldBe("1.2");
        Snapshot.Text(site["properties"]!["siteConfig"]!["ftpsState"]).ShouldBe("Disabled");
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Storage_shows_nothing_to_strangers_and_brings_back_what_was_deleted(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);

        snapshot.All("Microsoft.Storage/storageAccounts").ShouldAllBe(account => !Flag(account, "allowBlobPublicAccess") && !Flag(account, "allowCrossTenantReplication"));
        snapshot.All("Microsoft.Storage/storageAccounts/blobServices/containers").ShouldAllBe(container => Text(container, "publicAccess") == "None");
        snapshot.All("Microsoft.Storage/storageAccounts/blobServices")
            .ShouldAllBe(blobs => blobs["properties"]!["deleteRetentionPolicy"]!["enabled"]!.GetValue<bool>());
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void The_vault_goes_by_roles_keeps_what_is_deleted_and_logs_who_reads(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);
        JsonObject vault = snapshot.One("Microsoft.KeyVault/vaults");

        Flag(vault, "enableRbacAuthorization").ShouldBeTrue();
        Flag(vault, "enablePurgeProtection").ShouldBeTrue();
        JsonObject audit = snapshot.All("Microsoft.Insights/diagnosticSettings").Single(setting => Snapshot.Text(setting["id"]).Contains("/vaults/", StringComparison.Ordinal));
        audit["properties"]!["logs"]!.AsArray().ShouldHaveSingleItem()!["categoryGroup"]!.GetValue<string>().ShouldBe("audit");
    }

    [Fact]
    public void In_the_private_environment_only_the_app_is_public()
    {
        Snapshot snapshot = Snapshot.Of("private");
        string[] kinds = ["Microsoft.Storage/storageAccounts", "Microsoft.ServiceBus/namespaces", "Microsoft.KeyVault/vaults"];

        kinds.SelectMany(snapshot.All).ShouldAllBe(resource => Text(resource, "publicNetworkAccess") == "Disabled");
        snapshot.All("Microsoft.Network/privateEndpoints").Count.ShouldBe(5);
    }

    [Fact]
    public void Production_can_not_be_deleted_by_mistake()
    {
        string[] locked = [.. Snapshot.Of("prod").All("Microsoft.Authorization/locks").Select(resource => Snapshot.Text(resource["id"]))];

        locked.Length.ShouldBe(2);
        locked.ShouldContain(id => id.Contains("Microsoft.ServiceBus/namespaces/", StringComparison.Ordinal));
        locked.ShouldContain(id => id.Contains("Microsoft.KeyVault/vaults/", StringComparison.Ordinal));
        Snapshot.Of("dev").All("Microsoft.Authorization/locks").ShouldBeEmpty();
    }

    private static bool Flag(JsonObject resource, string property) => resource["properties"]![property]!.GetValue<bool>();

    private static string Text(JsonObject resource, string property) => Snapshot.Text(resource["properties"]![property]);
}
