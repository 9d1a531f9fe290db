using System.IO.Compression;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>
/// What a restore of the whole solution makes of a feed that lacks what the Functions app needs: <c>Directory.Solution.targets</c> over a solution of that
/// project alone, with a folder as the only feed.
/// </summary>
public sealed class LeftOutTests : IDisposable
{
    private const string Trigger = "Microsoft.Azure.Functions.Worker.Extensions.ServiceBus";
    private const string HostHalf = "Microsoft.Azure.WebJobs.Extensions.ServiceBus";

    // What the machine says of these would decide instead.
    private static readonly Dictionary<string, string?> Variables =
        new(StringComparer.Ordinal) { ["RequireFunctionsApp"] = null, ["RestoreConfigFile"] = null, ["MSBUILDDISABLENODEREUSE"] = "1" };

    private readonly string _folder = Path.Combine(Repository.Scratch, $"left-out-{Guid.NewGuid():N}");

    [Fact]
    public async Task Without_the_triggers_package_the_app_is_left_out_and_the_rest_is_restored()
    {
        CommandResult result = await RestoreAsync();

        result.ExitCode.ShouldBe(0, result.Everything);
        result.Everything.ShouldContain($"NOT BUILT: src/FunctionsApp and tests/FunctionsApp.Tests, because no package source has {Trigger}.");
    }

    // The worker's SDK restores it only after compiling, in a project of its own, whose failure nobody would expect.
    [Fact]
    public async Task Without_the_half_of_the_trigger_that_its_assembly_names_for_the_host_the_app_is_left_out_too()
    {
        Serve(Trigger, "5.24.0", $"attributes \u002d{HostHalf}\u00065.17.0\u0000\u0000");

        CommandResult result = await RestoreAsync();

        result.ExitCode.ShouldBe(0, result.Everything);
        result.Everything.ShouldContain($"because no package source has {HostHalf} 5.17.0.");
    }

    [Fact]
    public async Task Where_the_app_is_required_what_is_missing_is_an_error()
    {
        CommandResult result = await RestoreAsync("-p:RequireFunctionsApp=true");

        result.ExitCode.ShouldNotBe(0);
        result.Everything.ShouldContain($"error : NOT BUILT: src/FunctionsApp and tests/FunctionsApp.Tests, because no package source has {Trigger}.");
    }

    [Fact]
    public async Task With_both_halves_nothing_is_left_out()
    {
        Serve(Trigger, "5.24.0", $"attributes \u002d{HostHalf}\u00065.17.0\u0000\u0000");
        Serve(HostHalf, "5.17.0", "the host's");

        CommandResult result = await RestoreAsync();

        result.ExitCode.ShouldBe(0, result.Everything);
        result.Everything.ShouldNotContain("NOT BUILT");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<CommandResult> RestoreAsync(params string[] arguments)
    {
        string[] empty = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"];
        Directory.CreateDirectory(Path.Combine(_folder, "feed"));
        foreach (string file in empty)
        {
            Write(file, "<Project />");
        }

        File.Copy(Repository.PathOf("Directory.Solution.targets"), Path.Combine(_folder, "Directory.Solution.targets"), overwrite: true);
        Write("nuget.config", "<configuration><packageSources><clear /><add key=\"folder\" value=\"feed\" /></packageSources></configuration>");
        Write("Own.slnx", "<Solution><Project Path=\"src/FunctionsApp/FunctionsApp.csproj\" /></Solution>");
        Write(
            "src/FunctionsApp/FunctionsApp.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup><TargetFramework>net10.0</TargetFramework><RestorePackagesPath>{_folder}/packages/</RestorePackagesPath></PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{Trigger}" Version="5.24.0" />
                <PackageDownload Include="{HostHalf}" Version="[$(HostHalfVersion)]" Condition="'$(HostHalfVersion)' != ''" />
              </ItemGroup>
            </Project>
            """);
        return await CommandLine.RunAsync("dotnet", _folder, Variables, ["restore", "Own.slnx", .. arguments]);
    }

    private void Write(string file, string text)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private void Serve(string id, string version, string assembly)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "feed"));
        using ZipArchive package = ZipFile.Open(Path.Combine(_folder, "feed", $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        Add($"{id}.nuspec", $"<package><metadata><id>{id}</id><version>{version}</version><authors>test</authors><description>test</description></metadata></package>");
        Add($"lib/net8.0/{id}.dll", assembly);

        void Add(string entry, string text)
        {
            using StreamWriter writer = new(package.CreateEntry(entry).Open());
            writer.Write(text);
        }
    }
}
