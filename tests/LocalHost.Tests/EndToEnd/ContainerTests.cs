using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>What would be in the image, run as in a container: as a user who is not root, over a file system in which only the volume can be written.</summary>
public sealed class ContainerTests(PublishedHost published) : IClassFixture<PublishedHost>
{
    private const string Key = "a-key-long-enough-to-be-one";
    private const string Body = """[{"type":"track","event":"a","userId":"u1"},{"type":"track","event":"b","userId":"u2"}]""";

    [RunsInNamespaces]
    public async Task With_a_read_only_root_it_takes_events_into_the_volume_alone_keeps_them_over_a_SIGTERM_and_says_that_it_is_healthy()
    {
        using TemporaryFolder volume = await VolumeAsync();
        Dictionary<string, string> environment = Environment(volume);
        await using (ChildProcess host = Start(environment, volume))
        {
            using var http = new HttpClient { BaseAddress = await AddressAsync(host) };
            http.DefaultRequestHeaders.Add("X-Ingest-Key", Key);
            using var events = new StringContent(Body, Encoding.UTF8);
            (await http.PostAsync("/api/events", events)).StatusCode.ShouldBe(HttpStatusCode.Accepted);

            await using (ChildProcess check = Start(environment, volume, "health"))
            {
                await check.WaitForExitAsync();
                (check.ExitCode, check.Output.Trim()).ShouldBe((0, "healthy"));
            }

            await host.TerminateAsync();

            host.ExitCode.ShouldBe(0, host.Output);
            host.Output.ShouldContain("Stopped. 2 events stay queued and are sent after the next start.");
        }

        await using ChildProcess again = Start(environment, volume);
        using var after = new HttpClient { BaseAddress = await AddressAsync(again) };
        after.DefaultRequestHeaders.Add("X-Admin-Key", Key + "-2");
        (await after.WaitingAsync()).ShouldBe(2);
        await again.TerminateAsync();
        again.ExitCode.ShouldBe(0);
    }

    [RunsInNamespaces]
    public async Task A_check_where_no_host_answers_fails_with_the_reason()
    {
        using TemporaryFolder volume = await VolumeAsync();

        await using ChildProcess check = Start(Environment(volume), volume, "health");
        await check.WaitForExitAsync();

        check.ExitCode.ShouldBe(1);
        check.Output.ShouldNotBeNullOrWhiteSpace();
        check.Output.ShouldNotContain("   at ");
    }

    // docker run -v /srv/data:/app/data, where the folder belongs to root.
    [RunsInNamespaces]
    public async Task A_volume_that_belongs_to_somebody_else_is_one_line_with_path_user_and_remedy()
    {
        using TemporaryFolder volume = await VolumeAsync();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(volume.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        await ChangeOwnerAsync(volume.Path, "0");

        await using ChildProcess host = Start(Environment(volume), volume);
        await host.WaitForExitAsync();

        host.ExitCode.ShouldBe(1);
        string line = host.Output.Trim();
        line.ShouldNotContain('\n');
        line.ShouldContain($"'{Path.Combine(volume.Path, "queue.db")}' (setting Queue__Path) can't be written: this process runs as the user with the id {RunsInNamespacesAttribute.UserId}");
        line.ShouldContain($"chown {RunsInNamespacesAttribute.UserId}");
    }

    [RunsInNamespaces]
    public async Task Without_keys_it_says_what_is_missing_because_others_reach_it()
    {
        using TemporaryFolder volume = await VolumeAsync();
        Dictionary<string, string> environment = Environment(volume);
        environment.Remove("Ingest__Keys__0");

        await using ChildProcess host = Start(environment, volume);
        await host.WaitForExitAsync();

        host.ExitCode.ShouldBe(1);
        host.Output.ShouldContain("can be reached from other machines");
    }

    private ChildProcess Start(Dictionary<string, string> environment, TemporaryFolder volume, params string[] arguments) =>
        ChildProcess.Start(Path.Combine(published.Folder, "CustomerIoDestination.LocalHost.dll"), published.Folder, arguments, environment: environment, inside: RunsInNamespacesAttribute.Command(volume.Path));

    // As the image sets them, and what whoever runs it gives.
    private static Dictionary<string, string> Environment(TemporaryFolder volume) => new(StringComparer.Ordinal)
    {
        ["ASPNETCORE_HTTP_PORTS"] = FreePort(),
        ["DOTNET_EnableDiagnostics"] = "0",
        ["Queue__Path"] = volume.Queue,
        ["TMPDIR"] = volume.Path,
        ["HOME"] = "/",
        ["Ingest__Keys__0"] = Key,
        ["Admin__Keys__0"] = Key + "-2",
        ["CustomerIo__SiteId"] = "site",
        ["CustomerIo__ApiKey"] = "key",
        ["CustomerIo__TrackApiUrl"] = "http://127.0.0.1:1",
    };

    // It listens on every address, and says so.
    private static async Task<Uri> AddressAsync(ChildProcess host)
    {
        Uri said = await host.BaseAddressAsync();
        said.Host.ShouldBe("0.0.0.0");
        return new Uri($"http://127.0.0.1:{said.Port}");
    }

    private static async Task<TemporaryFolder> VolumeAsync()
    {
        var volume = new TemporaryFolder();
        await ChangeOwnerAsync(volume.Path, RunsInNamespacesAttribute.UserId);
        return volume;
    }

    private static async Task ChangeOwnerAsync(string folder, string user)
    {
        if (RunsInNamespacesAttribute.IsRoot)
        {
            using Process chown = Process.Start("chown", [user, folder]);
            await chown.WaitForExitAsync();
        }
    }

    private static string FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}

/// <summary>The local host as <c>dotnet publish</c> makes it, from what is built already.</summary>
public sealed class PublishedHost : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("published-");

    public string Folder => _folder.FullName;

    /// <summary>What this test was built as.</summary>
    public static string Configuration { get; } = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

    public async Task InitializeAsync()
    {
        if (RunsInNamespacesAttribute.WhyNot is not null)
        {
            return;
        }

        using Process publish = Process.Start(
            new ProcessStartInfo("dotnet", ["publish", Path.Combine(SourceTree.Root, "src", "LocalHost"), "--no-build", "--configuration", Configuration, "--output", Folder, "-nodeReuse:false"])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
        string output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        publish.ExitCode.ShouldBe(0, output);

        // Readable by everybody, as in an image.
        using Process open = Process.Start("chmod", ["-R", "a+rX", Folder]);
        await open.WaitForExitAsync();
    }

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }
}

/// <summary>A test over a read-only file system; skipped, with the reason, where this account may not make one for itself.</summary>
public sealed class RunsInNamespacesAttribute : FactAttribute
{
    public RunsInNamespacesAttribute() => Skip = WhyNot;

    public static bool IsRoot => System.Environment.UserName == "root";

    /// <summary>As whom the programme runs: root becomes the image's user, anybody else stays who they are and is 0 inside.</summary>
    public static string UserId => IsRoot ? "1654" : "0";

    /// <summary>Null where it runs.</summary>
    public static string? WhyNot { get; } = Try();

    /// <summary>What starts a programme with everything read-only but one folder.</summary>
    public static string[] Command(string writable)
    {
        string become = IsRoot ? $"setpriv --reuid={UserId} --regid={UserId} --clear-groups --no-new-privs --bounding-set=-all" : "";
        string script = $"set -e; mount --make-rprivate /; mount --bind '{writable}' '{writable}'; mount -o remount,ro,bind /; exec {become} \"$@\"";
        return ["unshare", .. IsRoot ? [] : new[] { "--user", "--map-root-user" }, "--mount", "sh", "-c", script, "sh"];
    }

    private static string? Try()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "Only Linux has namespaces.";
        }

        DirectoryInfo folder = Directory.CreateTempSubdirectory("writable-");
        try
        {
            string[] command = Command(folder.FullName);
            using Process process = Process.Start(new ProcessStartInfo(command[0], [.. command[1..], "true"]) { RedirectStandardError = true, UseShellExecute = false })!;
            string problem = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"Nobody may mount here: {problem.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            return $"unshare is not on the path: {missing.Message}";
        }
        finally
        {
            folder.Delete();
        }
    }
}
