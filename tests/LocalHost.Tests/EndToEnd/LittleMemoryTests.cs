using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using CustomerIoDestination.LocalHost.Tests.Support;
using CustomerIoDestination.TestRig.Processes;
using TrackApiSandbox;

namespace CustomerIoDestination.LocalHost.Tests.EndToEnd;

/// <summary>The built host in a process of its own whose heap is bounded.</summary>
public sealed class LittleMemoryTests
{
    private const long Mebibyte = 1024 * 1024;
    private const int Strangers = 2_000;
    private const int Posts = 40;
    private const string Key = "ingest-key-0123456789";

    [Fact]
    public async Task Two_thousand_connections_with_signature_headers_and_a_mebibyte_each_keep_nobody_else_from_being_served()
    {
        using var folder = new TemporaryFolder();
        await using SandboxServer sandbox = await SandboxServer.StartAsync(new SandboxOptions { Port = 0 }, TimeProvider.System, CancellationToken.None);
        await using ChildProcess host = HostProcess.Start(
            folder.Path,
            [
                .. Host.Arguments(folder.Queue), "--CustomerIo:SiteId=site", "--CustomerIo:ApiKey=key", $"--CustomerIo:TrackApiUrl={sandbox.BaseAddress}",
                "--Ingest:SigningSecret=signing-secret-0123456789", $"--Ingest:Keys:0={Key}", "--Delivery:RequestsPerSecond=1000",
            ],
            heapLimit: 256 * Mebibyte);
        Uri address = await host.BaseAddressAsync();
        using var end = new CancellationTokenSource();
        List<Socket> sockets = [];
        Task strangers = Task.WhenAll(Enumerable.Range(0, Strangers).Select(_ => HoldAsync(address, sockets, end.Token)));

        using var http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
        http.DefaultRequestHeaders.Add("X-Ingest-Key", Key);
        for (int post = 0; post < Posts; post++)
        {
            using HttpResponseMessage answer = await http.PostAsJsonAsync("/api/events", Events(post));
            answer.StatusCode.ShouldBe(HttpStatusCode.Accepted, host.Output);
        }

        await Eventually.BecomesTrueAsync(() => Task.FromResult(sandbox.GetStats().Events >= Posts * 10), "every event to arrive");
        (await http.GetAsync(new Uri(address, "api/health"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        host.HasExited.ShouldBeFalse(host.Output);
        host.Output.ShouldNotContain("OutOfMemory");
        await end.CancelAsync();
        await strangers;
        sockets.ForEach(static socket => socket.Dispose());
    }

    [Fact]
    public async Task Less_memory_than_the_host_needs_stops_the_start_with_one_message()
    {
        using var folder = new TemporaryFolder();
        await using ChildProcess refused = HostProcess.Start(folder.Path, Host.Arguments(folder.Queue), heapLimit: 128 * Mebibyte);
        await refused.WaitForExitAsync();
        await using ChildProcess enough = HostProcess.Start(folder.Path, Host.Arguments(folder.Queue), heapLimit: 192 * Mebibyte);

        refused.ExitCode.ShouldBe(1);
        refused.Output.Trim().ShouldBe("The managed heap of this process may take 128 MiB, and the host needs 192. Give its container 256 MiB or more, or raise DOTNET_GCHeapHardLimit.");
        _ = await enough.BaseAddressAsync();
    }

    // Sends all but the last byte and then nothing: what the host admits it holds until it gives the body up.
    private static async Task HoldAsync(Uri address, List<Socket> sockets, CancellationToken end)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        lock (sockets)
        {
            sockets.Add(socket);
        }

        string head = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"POST /api/events HTTP/1.1\r\nHost: {address.Authority}\r\nX-Signature: t={TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()},v1={new string('0', 64)}\r\nContent-Length: {Mebibyte}\r\n\r\n");
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, end);
            await socket.SendAsync(Encoding.ASCII.GetBytes(head), end);
            ReadOnlyMemory<byte> body = Body;
            while (!body.IsEmpty)
            {
                body = body[await socket.SendAsync(body, end)..];
            }

            await Task.Delay(Timeout.Infinite, end);
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException)
        {
            // Refused, or the test is over.
        }
    }

    private static readonly byte[] Body = new byte[Mebibyte - 1];

    private static JsonArray Events(int post) => [.. Enumerable.Range(0, 10).Select(n => (JsonNode)new JsonObject
    {
        ["type"] = "track",
        ["event"] = "Tick",
        ["userId"] = $"user-{n}",
        ["messageId"] = $"{post}-{n}",
        ["timestamp"] = 1_790_000_000 + post,
        ["properties"] = new JsonObject { ["text"] = new string('x', 900) },
    })];
}
