using System.Text.Json.Nodes;
using System.Xml.Linq;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>The lock files, by which the workflows restore: whether they are there, and tell what the packages file asks for.</summary>
public sealed class LockFileTests
{
    // The trigger's package is not served by the feed the locks were made with.
    private static readonly string[] WithoutLock = ["FunctionsApp", "FunctionsApp.Tests"];

    private static readonly Dictionary<string, string> Versions = XDocument.Parse(Repository.Text("Directory.Packages.props")).Descendants()
        .Where(element => element.Name.LocalName is "PackageVersion" or "GlobalPackageReference")
        .ToDictionary(element => element.Attribute("Include")!.Value, element => element.Attribute("Version")!.Value, StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Names = [.. Directory.GetFiles(Repository.PathOf(".ci/locks"), "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Locked { get; } = new(Names);

    [Fact]
    public void Every_project_has_one_but_those_whose_package_is_not_served_everywhere()
    {
        string[] projects = [.. Repository.Text("FunctionsApp.sln").Split('"').Where(text => text.EndsWith(".csproj", StringComparison.Ordinal)).Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))];

        Names.Concat(WithoutLock).ShouldBe(projects, ignoreOrder: true);
    }

    // dotnet restore FunctionsApp.sln -p:UpdateLocks=true writes them anew.
    [Theory]
    [MemberData(nameof(Locked))]
    public void It_holds_the_versions_that_the_packages_file_asks_for_each_with_its_hash(string project)
    {
        JsonObject[] packages = [.. PackagesOf(project).Select(package => package.Value)];

        packages.ShouldAllBe(package => Text(package, "type") == "Project" || Text(package, "contentHash").Length > 60);
        foreach ((string name, JsonObject package) in PackagesOf(project))
        {
            if (Text(package, "type") is "Direct" or "CentralTransitive")
            {
                Text(package, "resolved").ShouldBe(Versions[name], name);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Locked))]
    public void It_knows_every_package_that_its_project_refers_to(string project)
    {
        string file = new[] { "src", "tests" }.Select(folder => Repository.PathOf($"{folder}/{project}/{project}.csproj")).Single(File.Exists);
        IEnumerable<string> asked = XDocument.Load(file).Descendants("PackageReference").Select(reference => reference.Attribute("Include")!.Value);

        asked.Except(PackagesOf(project).Where(package => Text(package.Value, "type") == "Direct").Select(package => package.Key), StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ci.yml", "build", "bash .ci/run")]
    [InlineData("release.yml", "publish", "dotnet pack")]
    public void The_workflows_restore_by_them_before_anything_is_built(string file, string job, string build)
    {
        string[] steps = [.. Yaml.Read($".github/workflows/{file}")["jobs"]![job]!["steps"]!.AsArray().Select(step => step!["run"]?.GetValue<string>() ?? "")];

        int restore = Array.IndexOf(steps, "dotnet restore FunctionsApp.sln -p:LockedRestore=true");
        restore.ShouldBeInRange(0, Array.FindIndex(steps, step => step.Contains(build, StringComparison.Ordinal)));
    }

    private static IEnumerable<KeyValuePair<string, JsonObject>> PackagesOf(string project) =>
        Repository.Json($".ci/locks/{project}.json")["dependencies"]!.AsObject()
            .SelectMany(framework => framework.Value!.AsObject())
            .Select(package => KeyValuePair.Create(package.Key, package.Value!.AsObject()));

    private static string Text(JsonObject package, string name) => package[name]!.GetValue<string>();
}
