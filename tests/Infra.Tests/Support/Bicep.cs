using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace CustomerIoDestination.Infra.Support;

/// <summary>The Bicep CLI of the package, as an executable copy.</summary>
internal static class Bicep
{
    private const string None = "00000000-0000-0000-0000-000000000000";

    private static readonly Lazy<string> Executable = new(Copy);

    /// <summary>Null where the CLI runs, else why it does not.</summary>
    public static string? Missing { get; } =
        OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64 ? null : "The packaged Bicep CLI runs on Linux x64 only.";

    /// <summary>Gives these lines to its console, one after the other, and returns all that it answers.</summary>
    public static async Task<string> ConsoleAsync(IEnumerable<string> lines)
    {
        CommandResult result = await CommandLine.RunAsync(
            Executable.Value, Repository.PathOf("infra"), new Dictionary<string, string?>(StringComparer.Ordinal), string.Join('\n', lines) + "\n", ["console"]);
        return result.Everything;
    }

    /// <summary>Runs it in infra/.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync(Executable.Value, Repository.PathOf("infra"), arguments);

    /// <summary>Compares an environment's snapshot with what azd would deploy now.</summary>
    public static async Task<CommandResult> ValidateSnapshotAsync(string environment)
    {
        string copy = CopyOfTemplates($"snapshot-{environment}");
        File.Copy(Repository.PathOf($"infra/environments/{environment}.snapshot.json"), Path.Combine(copy, "main.snapshot.json"), overwrite: true);
        return await RunAsync(copy, EnvironmentVariables(environment), SnapshotArguments("validate"));
    }

    /// <summary>Compares the container's snapshot with what would be deployed now.</summary>
    public static Task<CommandResult> ValidateContainerSnapshotAsync()
    {
        string copy = Path.Combine(CopyOfTemplates("snapshot-container"), "container-apps");
        Dictionary<string, string?> variables = ReadVariables("infra/container-apps/sample.env");
        foreach (string name in ParameterFile.Variables.Append("REGISTRY_SERVER"))
        {
            variables.TryAdd(name, null);
        }

        return CommandLine.RunAsync(Executable.Value, copy, variables, SnapshotArguments("validate"));
    }

    /// <summary>What azd deploys with these variables and no others.</summary>
    public static async Task<Snapshot> SnapshotAsync(IReadOnlyDictionary<string, string?> variables, [CallerMemberName] string caller = "")
    {
        string copy = CopyOfTemplates($"snapshot-{caller}");
        CommandResult result = await RunAsync(copy, variables, SnapshotArguments("overwrite"));
        result.ExitCode.ShouldBe(0, result.Everything);
        return Snapshot.Read(Path.Combine(copy, "main.snapshot.json"));
    }

    /// <summary>Whether the templates take these variables and no others, or why not.</summary>
    public static async Task<CommandResult> TrySnapshotAsync(IReadOnlyDictionary<string, string?> variables)
    {
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("templates");
        try
        {
            return await RunAsync(CopyOfTemplates(scratch.FullName), variables, SnapshotArguments("overwrite"));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    /// <summary>The parameters azd gives with these variables and no others, or why it gives none.</summary>
    public static Task<CommandResult> ParametersAsync(IReadOnlyDictionary<string, string?> variables) =>
        RunAsync(Repository.PathOf("infra"), variables, "build-params", "main.bicepparam", "--stdout");

    /// <summary>The variables of an environment's file.</summary>
    public static Dictionary<string, string?> EnvironmentVariables(string environment) => ReadVariables($"infra/environments/{environment}.env");

    private static Dictionary<string, string?> ReadVariables(string file) =>
        Repository.Text(file).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => (string?)pair[1], StringComparer.Ordinal);

    // A machine that has some of them set would see other parameters.
    private static Task<CommandResult> RunAsync(string directory, IReadOnlyDictionary<string, string?> variables, params string[] arguments) =>
        CommandLine.RunAsync(Executable.Value, directory, ParameterFile.Variables.ToDictionary(name => name, variables.GetValueOrDefault, StringComparer.Ordinal), arguments);

    private static string[] SnapshotArguments(string mode) =>
        ["snapshot", "main.bicepparam", "--mode", mode, "--subscription-id", None, "--tenant-id", None, "--location", "westeurope"];

    private static string CopyOfTemplates(string name)
    {
        // With host.json beside it, which a module reads.
        string root = Path.Combine(Repository.Scratch, name);
        string source = Repository.PathOf("infra");
        string copy = Path.Combine(root, "infra");
        foreach (string file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories).Append(Repository.PathOf("host.json")))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target, overwrite: true);
        }

        return copy;
    }

    private static string Copy()
    {
        Directory.CreateDirectory(Repository.Scratch);
        string copy = Path.Combine(Repository.Scratch, "bicep");
        File.Copy(Repository.BicepCommandLine, copy, overwrite: true);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(copy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return copy;
    }
}
