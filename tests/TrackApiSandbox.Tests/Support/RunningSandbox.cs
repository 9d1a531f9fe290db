using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.Tests.Support;

/// <summary>A sandbox on a free port, its clock, and a client that knows the credentials.</summary>
internal sealed class RunningSandbox : IAsyncDisposable
{
    public static readonly AuthenticationHeaderValue Credentials = Basic("site", "key");

    private RunningSandbox(SandboxServer server, FakeTimeProvider time)
    {
        Server = server;
        Time = time;
        Client = new HttpClient { BaseAddress = server.BaseAddress };
        Client.DefaultRequestHeaders.Authorization = Credentials;
    }

    public SandboxServer Server { get; }

    public FakeTimeProvider Time { get; }

    public HttpClient Client { get; }

    public long Now => Time.GetUtcNow().ToUnixTimeSeconds();

    public static AuthenticationHeaderValue Basic(string siteId, string apiKey) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{siteId}:{apiKey}")));

    public static async Task<RunningSandbox> StartAsync(SandboxOptions? options = null)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 15, 12, 0, 0, TimeSpan.Zero));
        return new RunningSandbox(await SandboxServer.StartAsync(options ?? new SandboxOptions { Port = 0 }, time, CancellationToken.None), time);
    }

    public Task<Reply> IdentifyAsync(string identifier, string attributes) =>
        SendAsync(HttpMethod.Put, $"/api/v1/customers/{Uri.EscapeDataString(identifier)}", attributes);

    public Task<Reply> TrackAsync(string identifier, string body) =>
        SendAsync(HttpMethod.Post, $"/api/v1/customers/{Uri.EscapeDataString(identifier)}/events", body);

    public Task<Reply> TrackAnonymousAsync(string body) => SendAsync(HttpMethod.Post, "/api/v1/events", body);

    public Task<Reply> EntityAsync(string body) => SendAsync(HttpMethod.Post, "/api/v2/entity", body);

    public Task<Reply> BatchAsync(params string[] items) => SendAsync(HttpMethod.Post, "/api/v2/batch", $$"""{"batch":[{{string.Join(',', items)}}]}""");

    public Task<Reply> FaultAsync(string fault) => SendAsync(HttpMethod.Post, "/sandbox/faults", fault);

    public async Task<Reply> SendAsync(HttpMethod method, string path, string? body = null, AuthenticationHeaderValue? authorization = null)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = authorization;
        HttpResponseMessage response = await Client.SendAsync(request);
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync(), response);
    }

    /// <summary>Sends a request line as it is and reads the status line: what no well-behaved client would send.</summary>
    public async Task<string> SendRawAsync(string method, string target, string body = "", string? host = null)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(Server.BaseAddress.Host, Server.BaseAddress.Port);
        await using NetworkStream stream = tcp.GetStream();
        string request = $"{method} {target} HTTP/1.1\r\nHost: {host ?? "127.0.0.1"}\r\nAuthorization: {Credentials}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync() ?? "";
    }

    /// <summary>The person, who must exist.</summary>
    public SandboxPerson Person(string identifier) => Server.FindPerson(identifier).ShouldNotBeNull();

    public SandboxPerson OnlyPerson() => Server.GetState().People.ShouldHaveSingleItem();

    public string? Attribute(string identifier, string name) =>
        Person(identifier).Attributes.TryGetValue(name, out JsonText value) ? value.ToString() : null;

    public string[] EventNames(string identifier) => [.. Person(identifier).Events.Select(received => received.Name)];

    public long Dropped(string reason) => Server.GetStats().Dropped.GetValueOrDefault(reason);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
