using System.Text.RegularExpressions;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed class NameTests
{
    // Length and characters as the services ask for them; Bicep checks only some.
    private static readonly Dictionary<string, string> Rules = new(StringComparer.Ordinal)
    {
        ["Microsoft.Resources/resourceGroups"] = @"^[-\w.()]{1,89}[-\w()]$",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = "^[a-zA-Z0-9][-a-zA-Z0-9_]{2,127}$",
        ["Microsoft.OperationalInsights/workspaces"] = "^[a-zA-Z0-9][-a-zA-Z0-9]{2,61}[a-zA-Z0-9]$",
        ["Microsoft.Insights/components"] = @"^[-\w.()]{1,254}[-\w()]$",
        ["Microsoft.ServiceBus/namespaces"] = "^(?!.*(-sb|-mgmt)$)[a-zA-Z][-a-zA-Z0-9]{4,48}[a-zA-Z0-9]$",
        ["Microsoft.ServiceBus/namespaces/queues"] = @"^[a-zA-Z0-9]([-\w./~]{0,258}[a-zA-Z0-9])?$",
        ["Microsoft.Storage/storageAccounts"] = "^[a-z0-9]{3,24}$",
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = "^(?!.*--)[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$",
        ["Microsoft.KeyVault/vaults"] = "^(?!.*--)[a-zA-Z][-a-zA-Z0-9]{1,22}[a-zA-Z0-9]$",
        ["Microsoft.Web/serverfarms"] = "^[-a-zA-Z0-9]{1,60}$",

        // 60 are allowed; the host's id is the first 32, and two apps on one storage account must differ in them.
        ["Microsoft.Web/sites"] = "^[a-zA-Z0-9][-a-zA-Z0-9]{0,30}[a-zA-Z0-9]$",
        ["Microsoft.Insights/actionGroups"] = "^[-a-zA-Z0-9 _]{1,260}$",
        ["Microsoft.Insights/metricAlerts"] = @"^[^*#&+:<>?@%{}\\/]{1,260}$",
        ["Microsoft.Insights/webtests"] = @"^[-\w.()]{1,64}$",
        ["Microsoft.Insights/scheduledQueryRules"] = @"^[^*#&+:<>?@%{}\\/]{1,260}$",
        ["Microsoft.Insights/activityLogAlerts"] = @"^[^*#&+:<>?@%{}\\/]{1,260}$",
        ["Microsoft.Consumption/budgets"] = "^[-a-zA-Z0-9_]{1,63}$",
        ["Microsoft.Network/virtualNetworks"] = @"^[a-zA-Z0-9][-\w.]{0,62}[\w]$",
        ["Microsoft.Network/privateEndpoints"] = @"^[a-zA-Z0-9][-\w.]{0,78}[\w]$",
        ["Microsoft.Authorization/locks"] = @"^[^<>%&\\?/]{1,90}$",
    };

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Every_name_has_the_length_and_the_characters_its_service_takes(string environment)
    {
        foreach ((string type, string name) in Snapshot.Of(environment).Resources.Select(resource => (Snapshot.Text(resource["type"]), Snapshot.Text(resource["name"]))))
        {
            if (Rules.TryGetValue(type, out string? rule))
            {
                string last = name.Split('/')[^1];
                Regex.IsMatch(last, rule, RegexOptions.None, TimeSpan.FromSeconds(1)).ShouldBeTrue($"{type} {last}");
            }
        }
    }

    [Fact]
    public void Every_type_with_a_name_of_its_own_has_a_rule()
    {
        // Named by a GUID, by what they belong to, or by a DNS zone.
        string[] without =
        [
            "Microsoft.Authorization/roleAssignments", "Microsoft.Authorization/roleDefinitions", "Microsoft.Insights/diagnosticSettings", "Microsoft.Insights/workbooks",
            "Microsoft.Network/privateDnsZones", "Microsoft.Network/privateDnsZones/virtualNetworkLinks", "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
            "Microsoft.Storage/storageAccounts/blobServices", "Microsoft.Storage/storageAccounts/tableServices", "Microsoft.Web/sites/basicPublishingCredentialsPolicies", "Microsoft.Web/sites/config",
        ];

        Snapshot.Names.SelectMany(name => Snapshot.Of(name).Resources).Select(resource => Snapshot.Text(resource["type"])).Distinct(StringComparer.Ordinal)
            .ShouldAllBe(type => Rules.ContainsKey(type) || without.Contains(type));
    }

    [Fact]
    public void The_action_groups_short_name_has_twelve_characters_at_most() =>
        Snapshot.Text(Snapshot.Of("prod").One("Microsoft.Insights/actionGroups")["properties"]!["groupShortName"]).Length.ShouldBeLessThanOrEqualTo(12);
}
