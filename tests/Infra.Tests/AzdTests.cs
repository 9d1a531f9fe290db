using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>azure.yaml by the rules of azd's schema (v1.0) that it touches.</summary>
public sealed partial class AzdTests
{
    private static readonly string[] TopLevel =
        ["name", "resourceGroup", "metadata", "infra", "services", "resources", "pipeline", "hooks", "requiredVersions", "state", "platform", "workflows", "cloud"];

    private static readonly string[] Hooks =
    [
        .. new[] { "restore", "package", "provision", "infracreate", "infradelete", "publish", "deploy", "up", "down" }
            .SelectMany(command => new[] { "pre" + command, "post" + command }),
    ];

    private static readonly string[] HookKeys = ["config", "continueOnError", "dir", "interactive", "kind", "run", "secrets", "shell"];

    [Fact]
    public void The_file_has_azds_shape()
    {
        JsonObject file = Yaml.Read("azure.yaml").AsObject();

        file.Select(member => member.Key).ShouldAllBe(key => TopLevel.Contains(key));
        ProjectName().IsMatch(file["name"]!.GetValue<string>()).ShouldBeTrue();
        file["infra"]!["provider"]!.GetValue<string>().ShouldBe("bicep");
        File.Exists(Repository.PathOf($"{file["infra"]!["path"]}/{file["infra"]!["module"]}.bicep")).ShouldBeTrue();
    }

    // Before 1.22.0 the hooks were skipped where there is no .azure folder (azure-dev#6277).
    [Fact]
    public void An_azd_that_would_skip_the_hooks_on_a_build_machine_is_refused() =>
        Yaml.Read("azure.yaml")["requiredVersions"]!["azd"]!.GetValue<string>().ShouldBe(">= 1.22.0");

    [Fact]
    public void The_service_is_the_functions_app()
    {
        KeyValuePair<string, JsonNode?> service = Yaml.Read("azure.yaml")["services"]!.AsObject().ShouldHaveSingleItem();

        service.Key.ShouldBe("destination");
        service.Value!["host"]!.GetValue<string>().ShouldBe("function");
        service.Value["language"]!.GetValue<string>().ShouldBe("dotnet");
        service.Value["project"]!.GetValue<string>().ShouldBe("src/FunctionsApp");
    }

    [Fact]
    public void Every_hook_is_one_azd_knows_and_its_scripts_are_there_for_both_systems()
    {
        foreach ((string name, JsonNode? hook) in Yaml.Read("azure.yaml")["hooks"]!.AsObject())
        {
            Hooks.ShouldContain(name);
            hook!.AsObject().Select(member => member.Key).ShouldBe(["posix", "windows"]);
            foreach ((string system, JsonNode? script) in hook.AsObject())
            {
                script!.AsObject().Select(member => member.Key).ShouldAllBe(key => HookKeys.Contains(key));
                script["shell"]!.GetValue<string>().ShouldBe(system == "posix" ? "sh" : "pwsh");
                File.Exists(Repository.PathOf(script["run"]!.GetValue<string>())).ShouldBeTrue(script["run"]!.GetValue<string>());
            }
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]*[a-z0-9])?$", RegexOptions.None, 1000)]
    private static partial Regex ProjectName();
}
