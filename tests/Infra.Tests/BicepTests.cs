using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed class BicepTests
{
    // Bicep exits with 0 on warnings: anything it says is a failure.
    [BicepFact]
    public async Task The_templates_build_without_a_word()
    {
        CommandResult result = await Bicep.RunAsync("build", "--stdout", "main.bicep");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldBeEmpty();
    }

    [BicepFact]
    public async Task The_modules_lint_without_a_word()
    {
        CommandResult result = await Bicep.RunAsync("lint", "--pattern", "**/*.bicep");

        result.ExitCode.ShouldBe(0, result.Everything);
        (result.Output + result.Error).ShouldBeEmpty();
    }

    // There is no way to ask: a copy is formatted, all files at once, and compared.
    [BicepFact]
    public async Task Every_file_is_formatted()
    {
        string copy = Path.Combine(Repository.Scratch, "formatted");
        string[] files = [.. Directory.EnumerateFiles(Repository.PathOf("infra"), "*.bicep*", SearchOption.AllDirectories).Where(IsBicep)];
        foreach (string file in files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(CopyOf(file))!);
            File.Copy(file, CopyOf(file), overwrite: true);
        }

        await Bicep.RunAsync("format", "--pattern", Path.Combine(copy, "**", "*.bicep"));
        await Bicep.RunAsync("format", "--pattern", Path.Combine(copy, "**", "*.bicepparam"));

        foreach (string file in files)
        {
            (await File.ReadAllTextAsync(CopyOf(file))).ShouldBe(await File.ReadAllTextAsync(file), $"{file} is not formatted: bicep format {file}");
        }

        string CopyOf(string file) => Path.Combine(copy, Path.GetRelativePath(Repository.PathOf("infra"), file));
    }

    [BicepFact]
    public async Task A_snapshot_shows_what_azd_deploys_with_its_variables()
    {
        CommandResult[] results = await Task.WhenAll(Snapshot.Names.Select(Bicep.ValidateSnapshotAsync));

        foreach ((string environment, CommandResult result) in Snapshot.Names.Zip(results))
        {
            result.ExitCode.ShouldBe(0, $"{environment}: run infra/snapshots.sh and look at the difference.\n{result.Everything}");
            result.Everything.ShouldNotContain("Warning");
        }
    }

    // Bicep writes them in another order each time, and a change would hide among them: infra/snapshots.sh sorts.
    [Fact]
    public void The_outputs_of_a_snapshot_are_written_by_their_names()
    {
        string[] snapshots = [.. Directory.EnumerateFiles(Repository.PathOf("infra"), "*.snapshot.json", SearchOption.AllDirectories)];

        snapshots.Length.ShouldBe(Snapshot.Names.Count + 1);
        foreach (string snapshot in snapshots)
        {
            string[] outputs = [.. JsonNode.Parse(File.ReadAllText(snapshot))!["outputs"]!.AsObject().Select(output => output.Key)];
            outputs.Length.ShouldBeGreaterThan(2, snapshot);
            string.Join(" ", outputs).ShouldBe(string.Join(" ", outputs.Order(StringComparer.Ordinal)), snapshot);
        }
    }

    [BicepFact]
    public async Task A_wrong_property_is_seen()
    {
        string file = Path.Combine(Repository.Scratch, "wrong.bicep");
        Directory.CreateDirectory(Repository.Scratch);
        await File.WriteAllTextAsync(file, "resource q 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = { name: 'a/b', properties: { lockDuraton: 'PT1M' } }\n");

        CommandResult result = await Bicep.RunAsync("build", "--stdout", file);

        result.Error.ShouldContain("lockDuraton");
    }

    private static bool IsBicep(string file) => Path.GetExtension(file) is ".bicep" or ".bicepparam";
}
