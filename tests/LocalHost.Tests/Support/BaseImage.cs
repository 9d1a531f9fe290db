using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CustomerIoDestination.LocalHost.Tests.Support;

/// <summary>A registry on this machine that has one base image with nothing in it, for whatever name is asked: enough for the SDK to make an image.</summary>
internal sealed class BaseImage : IDisposable
{
    private const string ManifestType = "application/vnd.docker.distribution.manifest.v2+json";

    private readonly HttpListener _listener = new();
    private readonly Dictionary<string, byte[]> _blobs = new(StringComparer.Ordinal);
    private readonly byte[] _manifest;

    public BaseImage()
    {
        byte[] files = EmptyTar();
        byte[] layer = Pack(files);
        byte[] config = JsonSerializer.SerializeToUtf8Bytes(new
        {
            architecture = "amd64",
            os = "linux",
            config = new { Env = new[] { "APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080" } },
            rootfs = new { type = "layers", diff_ids = new[] { Add(files) } },
            history = Array.Empty<object>(),
        });
        _manifest = JsonSerializer.SerializeToUtf8Bytes(new
        {
            schemaVersion = 2,
            mediaType = ManifestType,
            config = new { mediaType = "application/vnd.docker.container.image.v1+json", size = config.Length, digest = Add(config) },
            layers = new[] { new { mediaType = "application/vnd.docker.image.rootfs.diff.tar.gzip", size = layer.Length, digest = Add(layer) } },
        });
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Name = $"127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add($"http://{Name}/");
        _listener.Start();
        _ = AnswerAsync();
    }

    /// <summary>The registry's name in front of an image's.</summary>
    public string Name { get; }

    public void Dispose() => _listener.Close();

    private static byte[] EmptyTar()
    {
        using var memory = new MemoryStream();
        using (var tar = new TarWriter(memory, leaveOpen: true))
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.Directory, "usr"));
        }

        return memory.ToArray();
    }

    private static byte[] Pack(byte[] bytes)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return memory.ToArray();
    }

    private static string Digest(byte[] bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    private string Add(byte[] bytes)
    {
        _blobs[Digest(bytes)] = bytes;
        return Digest(bytes);
    }

    private async Task AnswerAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            string path = context.Request.Url!.AbsolutePath;
            (string type, byte[] answer) = path.Contains("/manifests/", StringComparison.Ordinal) ? (ManifestType, _manifest)
                : _blobs.TryGetValue(path.Split('/')[^1], out byte[]? blob) ? ("application/octet-stream", blob)
                : ("application/json", Encoding.UTF8.GetBytes("{}"));
            context.Response.ContentType = type;
            context.Response.Headers["Docker-Content-Digest"] = Digest(answer);
            context.Response.ContentLength64 = answer.Length;
            if (context.Request.HttpMethod != "HEAD")
            {
                await context.Response.OutputStream.WriteAsync(answer);
            }

            context.Response.Close();
        }
    }
}
