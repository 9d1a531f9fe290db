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
    public void The_allowed_callers_reach_the_app_and_nobody_else_does()
    {
        JsonNode closed = Snapshot.Of("private").One("Microsoft.Web/sites")["properties"]!["siteConfig"]!;
        JsonNode open = Snapshot.Of("prod").One("Microsoft.Web/sites")["properties"]!["siteConfig"]!;

        Snapshot.Text(closed["ipSecurityRestrictionsDefaultAction"]).ShouldBe("Deny");
        closed["ipSecurityRestrictions"]!.AsArray().Select(rule => (Snapshot.Text(rule!["action"]), Snapshot.Text(rule["ipAddress"])))
            .ShouldBe([("Allow", "203.0.113.0/24"), ("Allow", "198.51.100.7/32"), ("Allow", "2001:db8::1/128"), ("Allow", "2001:db8:1::/48")]);
        closed["ipSecurityRestrictions"]!.AsArray().Select(rule => rule!["priority"]!.GetValue<int>()).ShouldBeUnique();
        closed["scmIpSecurityRestrictionsUseMain"]!.GetValue<bool>().ShouldBeTrue("the deployment site is a way in, too");
        Snapshot.Text(open["ipSecurityRestrictionsDefaultAction"]).ShouldBe("Allow", "without a list the keys decide");
        open["ipSecurityRestrictions"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public void The_app_is_in_the_network_where_there_is_one()
    {
        Snapshot snapshot = Snapshot.Of("private");
        JsonNode subnet = snapshot.One("Microsoft.Network/virtualNetworks")["properties"]!["subnets"]!.AsArray().Single(candidate => Snapshot.Text(candidate!["name"]) == "app")!;

        // Known only when the network is there: the prediction holds where it comes from.
        Snapshot.Text(snapshot.One("Microsoft.Web/sites")["properties"]!["virtualNetworkSubnetId"]).ShouldContain("'appSubnetId'");
        subnet["properties"]!["delegations"]!.AsArray().ShouldHaveSingleItem()!["properties"]!["serviceName"]!.GetValue<string>().ShouldBe("Microsoft.App/environments");
        Snapshot.Of("prod").One("Microsoft.Web/sites")["properties"]!["virtualNetworkSubnetId"].ShouldBeNull();
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
