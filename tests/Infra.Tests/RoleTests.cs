using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed partial class RoleTests
{
    private const string Assignments = "Microsoft.Authorization/roleAssignments";

    // The whole of what the app may do, each on the narrowest scope there is; why an account or the vault and not a part of it stands beside the assignment.
    private static readonly Dictionary<string, string> Expected = new(StringComparer.Ordinal)
    {
        ["69a216fc-b8fb-44d8-bc22-1f3c2cd27a39"] = "Microsoft.ServiceBus/namespaces/queues", // Azure Service Bus Data Sender
        ["4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0"] = "Microsoft.ServiceBus/namespaces/queues", // Azure Service Bus Data Receiver
        ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b"] = "Microsoft.Storage/storageAccounts", // Storage Blob Data Owner
        ["ba92f5b4-2d11-453d-a403-e96b0029c9fe"] = "Microsoft.Storage/storageAccounts/blobServices/containers", // Storage Blob Data Contributor
        ["0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"] = "Microsoft.Storage/storageAccounts", // Storage Table Data Contributor
        ["4633458b-17de-408a-b874-0445c86b69e6"] = "Microsoft.KeyVault/vaults", // Key Vault Secrets User
        ["3913510d-42f4-4e42-8a64-420c390055eb"] = "Microsoft.Insights/components", // Monitoring Metrics Publisher
        ["custom"] = "Microsoft.ServiceBus/namespaces", // reads the namespace
    };

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void The_app_has_these_rights_and_no_others(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);

        Dictionary<string, string> granted = snapshot.All(Assignments).ToDictionary(assignment => Role(snapshot, assignment), ScopeType, StringComparer.Ordinal);

        granted.ShouldBe(Expected, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Every_assignment_names_the_kind_of_its_principal_and_its_reason(string environment)
    {
        foreach (JsonNode assignment in Snapshot.Of(environment).All(Assignments).Select(resource => resource["properties"]!))
        {
            Snapshot.Text(assignment["principalType"]).ShouldBe("ServicePrincipal");
            Snapshot.Text(assignment["description"]).ShouldNotBeEmpty();
        }
    }

    [BicepFact]
    public async Task A_second_deployer_gets_an_assignment_of_its_own_and_changes_nobody_elses()
    {
        string first = await OfficerAsync("11111111-1111-1111-1111-111111111111");
        string second = await OfficerAsync("22222222-2222-2222-2222-222222222222");

        second.ShouldNotBe(first, "the principal of an assignment can't be changed");
        (await OfficerAsync("11111111-1111-1111-1111-111111111111")).ShouldBe(first);
    }

    // Two identities never share an assignment's name, whatever the scope; nor does one in two roles.
    [Fact]
    public void Every_assignments_name_holds_its_scope_its_principal_and_its_role()
    {
        foreach (string module in Directory.EnumerateFiles(Repository.PathOf("infra/modules"), "*.bicep").Select(File.ReadAllText))
        {
            string[] names = [.. AssignmentName().Matches(module).Select(match => match.Groups[1].Value)];
            names.Length.ShouldBe(module.Split("'Microsoft.Authorization/roleAssignments@").Length - 1);
            names.ShouldAllBe(name => WholeName().IsMatch(name));
        }

        Snapshot.Names.SelectMany(environment => Snapshot.Of(environment).All(Assignments)).Select(assignment => Snapshot.Text(assignment["name"])).ShouldBeUnique();
    }

    [Fact]
    public void The_custom_role_only_reads()
    {
        JsonNode permission = Snapshot.Of("prod").One("Microsoft.Authorization/roleDefinitions")["properties"]!["permissions"]!.AsArray().ShouldHaveSingleItem()!;

        permission["actions"]!.AsArray().Select(action => action!.GetValue<string>()).ShouldAllBe(action => action.EndsWith("/read", StringComparison.Ordinal));
        permission["dataActions"].ShouldBeNull();
    }

    /// <summary>The name of the assignment by which a deployer sets the secrets.</summary>
    private static async Task<string> OfficerAsync(string principal)
    {
        Snapshot snapshot = await Bicep.SnapshotAsync(new Dictionary<string, string?>(Bicep.EnvironmentVariables("prod"), StringComparer.Ordinal) { ["AZURE_PRINCIPAL_ID"] = principal });
        return Snapshot.Text(snapshot.All(Assignments).Single(assignment => Role(snapshot, assignment) == "b86a8fe4-44ce-4948-aee5-eccb2c155cd7")["name"]);
    }

    private static string Role(Snapshot snapshot, JsonObject assignment)
    {
        string id = Snapshot.Text(assignment["properties"]!["roleDefinitionId"]);
        return id == Snapshot.Text(snapshot.One("Microsoft.Authorization/roleDefinitions")["id"]) ? "custom" : id.Split('/')[^1];
    }

    private static string ScopeType(JsonObject assignment)
    {
        string id = Snapshot.Text(assignment["id"]);
        string scope = id[..id.LastIndexOf("/providers/", StringComparison.Ordinal)];
        string[] parts = scope[(scope.LastIndexOf("/providers/", StringComparison.Ordinal) + "/providers/".Length)..].Split('/');
        return string.Join('/', parts.Where((_, index) => index == 0 || index % 2 == 1));
    }

    [GeneratedRegex(@"'Microsoft\.Authorization/roleAssignments@[^{]*\{\s*name: (.*)\n", RegexOptions.None, 1000)]
    private static partial Regex AssignmentName();

    [GeneratedRegex(@"^guid\([\w:]+\.id, (?:app|sender)?(?:IdentityName|operatorPrincipalId), (?:roles\.\w+|\w+\.id)\)$", RegexOptions.None, 1000)]
    private static partial Regex WholeName();
}
