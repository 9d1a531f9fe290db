using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>What is in the package that is deployed, as the project's own evaluation says: it needs no restore.</summary>
public sealed class PackageTests
{
    private const string Project = "src/FunctionsApp/FunctionsApp.csproj";

    [Fact]
    public async Task The_rules_are_deployed_beside_the_app()
    {
        JsonObject rules = (await FilesAsync("docs/destination.sample.json")).Where(file => Text(file, "Link") == "destination.json").ShouldHaveSingleItem();

        Path.GetFullPath(Text(rules, "FullPath")).ShouldBe(Path.GetFullPath(Repository.PathOf("docs/destination.sample.json")));
        Text(rules, "CopyToOutputDirectory").ShouldBe("PreserveNewest");
        rules["CopyToPublishDirectory"].ShouldBeNull("without it a file is published when it is copied to the output");
    }

    [Fact]
    public async Task Without_rules_nothing_is_missed() =>
        (await FilesAsync("none/destination.json")).ShouldNotContain(file => Text(file, "Link") == "destination.json");

    [Fact]
    public async Task The_rules_are_the_file_in_the_root_if_nothing_else_is_said()
    {
        CommandResult result = await CommandLine.RunAsync("dotnet", Repository.PathOf("."), "msbuild", Project, "-getProperty:RulesFilePath");

        result.ExitCode.ShouldBe(0, result.Everything);
        Path.GetFullPath(result.Output.Trim()).ShouldBe(Path.GetFullPath(Repository.PathOf("destination.json")));
    }

    [Fact]
    public async Task The_settings_of_a_laptop_are_never_deployed()
    {
        IReadOnlyList<JsonObject> files = await FilesAsync("none/destination.json");

        files.ShouldContain(file => Text(file, "Link") == "host.json");
        files.Where(file => Text(file, "Identity") == "local.settings.json").ShouldAllBe(file => Text(file, "CopyToPublishDirectory") == "Never");
    }

    // NUGET_PACKAGES is written without a slash at its end on many build machines.
    [Theory]
    [InlineData("/packages")]
    [InlineData("/packages/")]
    public async Task The_bicep_command_line_is_found_however_the_package_folder_is_written(string folder)
    {
        CommandResult result = await CommandLine.RunAsync(
            "dotnet", Repository.PathOf("."), "msbuild", "tests/Infra.Tests/Infra.Tests.csproj", "-getItem:AssemblyMetadata", $"-p:NuGetPackageRoot={folder}");

        result.ExitCode.ShouldBe(0, result.Everything);
        JsonObject bicep = JsonNode.Parse(result.Output)!["Items"]!["AssemblyMetadata"]!.AsArray().Select(item => item!.AsObject()).Single(item => Text(item, "Identity") == "BicepCommandLine");
        Text(bicep, "Value").Replace('\\', '/').ShouldContain("/packages/azure.bicep.commandline.");
    }

    private static async Task<IReadOnlyList<JsonObject>> FilesAsync(string rules)
    {
        CommandResult result = await CommandLine.RunAsync("dotnet", Repository.PathOf("."), "msbuild", Project, "-getItem:None", $"-p:RulesFile={rules}");
        result.ExitCode.ShouldBe(0, result.Everything);
        return [.. JsonNode.Parse(result.Output)!["Items"]!["None"]!.AsArray().Select(file => file!.AsObject())];
    }

    private static string Text(JsonObject file, string name) => file[name]?.GetValue<string>() ?? "";
}
