using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.LocalHost.Tests.Start;

/// <summary>What the host has the system watch for it.</summary>
public sealed class FileWatchTests
{
    /// <summary>The second case has the watch that the framework would set up: what is looked at here would show it.</summary>
    [Theory]
    [InlineData(null, false)]
    [InlineData("--hostBuilder:reloadConfigOnChange=true", true)]
    public async Task The_folder_of_the_queue_is_watched_by_nobody(string? setting, bool expected)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        string data = Directory.CreateDirectory(Path.Combine(folder.Path, "data")).FullName;
        string[] settings = [.. Host.Arguments(Path.Combine("data", "queue.db")), .. setting is null ? Array.Empty<string>() : [setting]];
        await using ChildProcess host = HostProcess.Start(folder.Path, settings);
        using var http = new HttpClient { BaseAddress = await host.BaseAddressAsync() };
        using var content = new StringContent("""{"type":"track","event":"Seen","userId":"1"}""", Encoding.UTF8);
        (await http.PostAsync(new Uri("/api/events", UriKind.Relative), content)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

        List<long> watched = Watched(host.Id);

        File.Exists(Path.Combine(data, "queue.db")).ShouldBeTrue();
        watched.Contains(await InodeAsync(data)).ShouldBe(expected);
        watched.Contains(await InodeAsync(folder.Path)).ShouldBe(expected);
    }

    private static async Task<long> InodeAsync(string path)
    {
        using Process stat = Process.Start(new ProcessStartInfo("stat", ["-c", "%i", path]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        string inode = await stat.StandardOutput.ReadToEndAsync();
        await stat.WaitForExitAsync();
        return long.Parse(inode, CultureInfo.InvariantCulture);
    }

    /// <summary>The inodes a process has the system watch: a line "inotify wd:1 ino:6f3 …" each.</summary>
    private static List<long> Watched(int process) =>
    [
        .. Directory.GetFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fdinfo"))
            .SelectMany(ReadLines)
            .Where(line => line.StartsWith("inotify ", StringComparison.Ordinal))
            .Select(line => line.Split(' ').Single(part => part.StartsWith("ino:", StringComparison.Ordinal))[4..])
            .Select(inode => long.Parse(inode, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
    ];

    private static string[] ReadLines(string file)
    {
        try
        {
            return File.ReadAllLines(file);
        }
        catch (IOException)
        {
            // It was closed meanwhile.
            return [];
        }
    }
}
