using System.Text.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>The dev container has the tools of the workflows in their versions; none was started here.</summary>
public sealed class DevContainerTests
{
    private static readonly JsonNode Container = JsonNode.Parse(
        Repository.Text(".devcontainer/devcontainer.json"), documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;

    [Fact]
    public void Its_dotnet_and_node_are_those_of_the_workflows()
    {
        string sdk = Repository.Json("global.json")["sdk"]!["version"]!.GetValue<string>();

        Container["image"]!.GetValue<string>().ShouldEndWith($":{sdk.Split('.')[0]}.0");
        Container["features"]!["ghcr.io/devcontainers/features/node:1"]!["version"]!.GetValue<string>().ShouldBe("24");
    }

    [Fact]
    public void Its_core_tools_are_those_of_the_workflow()
    {
        string install = Repository.Text(".github/workflows/ci.yml").Split('\n').Single(line => line.Contains("azure-functions-core-tools@", StringComparison.Ordinal)).Trim()["- run: ".Length..];

        Container["postCreateCommand"]!.GetValue<string>().ShouldStartWith(install);
    }

    [Theory]
    [InlineData("azure-dev/azd")]
    [InlineData("azure-cli")]
    [InlineData("docker-in-docker")]
    public void It_has_what_deploying_and_the_emulator_need(string feature) =>
        Container["features"]!.AsObject().ShouldContain(member => member.Key.Contains(feature, StringComparison.Ordinal));
}
