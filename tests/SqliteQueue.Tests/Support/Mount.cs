using System.Diagnostics;
using CustomerIoDestination.Suites;

namespace CustomerIoDestination.SqliteQueue.Tests.Support;

/// <summary>A file system mounted for one test, which only an administrator may do.</summary>
internal sealed class Mount : IAsyncDisposable
{
    private readonly string _at;

    private Mount(string at) => _at = at;

    /// <summary>Why nothing can be mounted here; null when it can.</summary>
    public static string? WhyNot { get; } = OperatingSystem.IsLinux()
        ? NeedsProgramsAttribute.ReasonToSkip(["mount", "umount"]) ?? (MayMount() ? null : "This account may not mount.")
        : "Only on Linux.";

    /// <summary>A disk of so many megabytes.</summary>
    public static Task<Mount> DiskAsync(string at, int megabytes) => MountAsync(at, "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", at);

    /// <summary>A file, seen at another place.</summary>
    public static Task<Mount> BindAsync(string file, string at) => MountAsync(at, "--bind", file, at);

    public async ValueTask DisposeAsync()
    {
        using Process unmount = Process.Start("umount", ["-l", _at]);
        await unmount.WaitForExitAsync();
    }

    private static async Task<Mount> MountAsync(string at, params string[] arguments)
    {
        using Process mount = Process.Start("mount", arguments);
        await mount.WaitForExitAsync();
        mount.ExitCode.ShouldBe(0);
        return new Mount(at);
    }

    private static bool MayMount()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("mount-");
        try
        {
            using Process mount = Process.Start(new ProcessStartInfo("mount", ["-t", "tmpfs", "tmpfs", folder.FullName]) { RedirectStandardError = true, UseShellExecute = false })!;
            mount.WaitForExit();
            if (mount.ExitCode != 0)
            {
                return false;
            }

            using Process unmount = Process.Start("umount", [folder.FullName]);
            unmount.WaitForExit();
            return true;
        }
        finally
        {
            folder.Delete();
        }
    }
}

/// <summary>A test that mounts something; skipped, with the reason, where that is not allowed.</summary>
public sealed class RunsWithMountsAttribute : FactAttribute
{
    public RunsWithMountsAttribute() => Skip = Mount.WhyNot;
}
