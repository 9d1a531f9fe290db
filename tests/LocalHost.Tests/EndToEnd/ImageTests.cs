using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>The image that the SDK makes of what is built, over a base image with nothing in it. Nothing starts it here.</summary>
public sealed class ImageTests
{
    private const UnixFileMode Writable = UnixFileMode.UserWrite;

    [Fact]
    public async Task It_runs_as_its_user_listens_on_8080_and_has_a_volume_that_belongs_to_that_user()
    {
        using var folder = new TemporaryFolder();
        string archive = Path.Combine(folder.Path, "image.tar.gz");
        await MakeAsync(archive);
        Dictionary<string, byte[]> files = await ReadAsync(archive);

        JsonNode manifest = JsonNode.Parse(files["manifest.json"])![0]!;
        JsonNode config = JsonNode.Parse(files[manifest["Config"]!.GetValue<string>()])!["config"]!;
        TarEntry[] layer = Entries(files[manifest["Layers"]!.AsArray()[^1]!.GetValue<string>()]);

        config["User"]!.GetValue<string>().ShouldBe("1654");
        config["ExposedPorts"]!.AsObject().ShouldHaveSingleItem().Key.ShouldBe("8080/tcp");
        config["Entrypoint"]!.AsArray().Select(word => word!.GetValue<string>()).ShouldBe(["dotnet", "/app/CustomerIoDestination.LocalHost.dll"]);
        string[] variables = [.. config["Env"]!.AsArray().Select(variable => variable!.GetValue<string>())];
        variables.ShouldBe(["APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080", "DOTNET_EnableDiagnostics=0", "Queue__Path=/app/data/queue.db", "TMPDIR=/app/data"], ignoreOrder: true);
        TarEntry volume = layer.Single(entry => entry.Name.TrimEnd('/') == "app/data");
        (volume.EntryType, volume.Uid, volume.Mode & Writable).ShouldBe((TarEntryType.Directory, 1654, Writable));
        layer.ShouldContain(entry => entry.Name == "app/CustomerIoDestination.LocalHost.dll");
        layer.ShouldNotContain(entry => entry.Name.EndsWith(".db", StringComparison.Ordinal) || entry.Name.Contains("local.settings", StringComparison.Ordinal));
    }

    private static async Task MakeAsync(string archive)
    {
        using var registry = new BaseImage();
        using Process publish = Process.Start(new ProcessStartInfo("dotnet",
        [
            "publish", Path.Combine(SourceTree.Root, "src", "LocalHost"), "--no-build", "--configuration", PublishedHost.Configuration, "-nodeReuse:false",
            "-p:PublishProfile=DefaultContainer", "-p:RuntimeIdentifiers=", "-p:PublishReadyToRun=false", "-p:ContainerRuntimeIdentifiers=", "-p:ContainerRuntimeIdentifier=linux-x64", "-p:ContainerImageFormat=Docker",
            $"-p:PublishDir={Path.Combine(Path.GetDirectoryName(archive)!, "published")}/", $"-p:ContainerBaseImage={registry.Name}/dotnet/aspnet:10.0", $"-p:ContainerArchiveOutputPath={archive}",
        ])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
            Environment = { ["DOTNET_CONTAINER_INSECURE_REGISTRIES"] = registry.Name },
        })!;
        string output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        publish.ExitCode.ShouldBe(0, output);
    }

    private static async Task<Dictionary<string, byte[]>> ReadAsync(string archive)
    {
        await using FileStream file = File.OpenRead(archive);
        bool packed = file.ReadByte() == 0x1f;
        file.Position = 0;
        await using Stream content = packed ? new GZipStream(file, CompressionMode.Decompress) : file;
        await using var tar = new TarReader(content);
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
        while (await tar.GetNextEntryAsync(copyData: true) is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                using var memory = new MemoryStream();
                await data.CopyToAsync(memory);
                files[entry.Name] = memory.ToArray();
            }
        }

        return files;
    }

    private static TarEntry[] Entries(byte[] layer)
    {
        using var unpacked = new GZipStream(new MemoryStream(layer), CompressionMode.Decompress);
        using var tar = new TarReader(unpacked);
        List<TarEntry> entries = [];
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            entries.Add(entry);
        }

        return [.. entries];
    }
}
