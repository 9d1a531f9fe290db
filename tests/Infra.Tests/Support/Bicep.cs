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

    /// <summary>Runs it in infra/.</summary>
    public static Task<CommandResult> RunAsync(params string[] arguments) =>
        CommandLine.RunAsync(Executable.Value, Repository.PathOf("infra"), arguments);

    /// <summary>Compares a parameter file's snapshot with what it gives now.</summary>
    public static Task<CommandResult> ValidateSnapshotAsync(string environment) => RunAsync(
        "snapshot", $"environments/{environment}.bicepparam", "--mode", "validate", "--subscription-id", None, "--tenant-id", None, "--location", "westeurope");

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
