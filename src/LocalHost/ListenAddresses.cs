using System.Net;
using System.Net.Sockets;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.LocalHost;

/// <summary>Where the host listens: on this machine only, unless both kinds of keys are configured.</summary>
internal static class ListenAddresses
{
    // The port of the Azure Functions host, so that a sender set up for one works with the other.
    private const string Default = "http://127.0.0.1:7071";

    /// <summary>Reads <c>Urls</c> (or <c>ASPNETCORE_URLS</c>), else <c>ASPNETCORE_HTTP_PORTS</c>, the ports that images of .NET name.</summary>
    /// <exception cref="StartRefusedException">An address is none, or reaches beyond this machine without keys.</exception>
    public static Uri[] Read(IConfiguration configuration, DestinationSettings settings)
    {
        Uri[] addresses = Configured(configuration);
        bool hasKeys = settings is { Ingest.Keys.Count: > 0 } or { Ingest.SigningSecret: not null } or { Ingest.WriteKeys.Count: > 0 };
        if (!(hasKeys && settings.Admin.Keys.Count > 0) && Array.Find(addresses, address => !IsLoopback(address)) is { } open)
        {
            throw new StartRefusedException(
                $"Urls: {open} can be reached from other machines. Set Ingest__Keys__0 (or Ingest__SigningSecret, or Ingest__WriteKeys__0) and Admin__Keys__0, or listen on 127.0.0.1.");
        }

        return addresses;
    }

    /// <summary>Looks whether the ports are free, before anything else starts.</summary>
    /// <exception cref="StartRefusedException">One is in use.</exception>
    public static void EnsureFree(IEnumerable<Uri> addresses)
    {
        foreach (Uri address in addresses.Where(address => address.Port != 0))
        {
            IPAddress? ip = address.Host == "localhost" ? IPAddress.Loopback : IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? literal) ? literal : null;
            if (ip is null)
            {
                continue;
            }

            using var probe = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                probe.Bind(new IPEndPoint(ip, address.Port));
                probe.Listen();
            }
            catch (SocketException failure) when (failure.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw InUse([address], failure);
            }
            catch (SocketException)
            {
                // Whatever else is wrong with it, the server says when it starts.
            }
        }
    }

    /// <summary>That addresses are in use.</summary>
    public static StartRefusedException InUse(IEnumerable<Uri> addresses, Exception failure) =>
        new($"{string.Join(", ", addresses.Select(address => address.Authority))} is in use. Choose other addresses with Urls (or ASPNETCORE_URLS).", failure);

    /// <summary>Asks the host that runs here with the same settings whether it takes events: the health check of a container without a shell.</summary>
    /// <param name="configuration">Where it listens.</param>
    /// <param name="limit">How long an answer may take.</param>
    /// <returns>Null when it does, else what is wrong.</returns>
    public static async Task<string?> AskHealthAsync(IConfiguration configuration, TimeSpan limit)
    {
        try
        {
            Uri address = Configured(configuration)[0];
            string host = address.Host is "0.0.0.0" ? "127.0.0.1" : address.Host is "[::]" ? "[::1]" : address.Host;
            using var http = new HttpClient { Timeout = limit };
            using HttpResponseMessage answer = await http.GetAsync(new Uri($"{address.Scheme}://{host}:{address.Port}/api/health"));
            return answer.IsSuccessStatusCode ? null : $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or StartRefusedException)
        {
            return failure.Message;
        }
    }

    private static Uri[] Configured(IConfiguration configuration)
    {
        string urls = Text("Urls") ?? Text("ASPNETCORE_URLS") ?? OfPorts(Text("HTTP_PORTS") ?? Text("ASPNETCORE_HTTP_PORTS")) ?? Default;
        return [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];

        // Images of .NET that listen nowhere set them empty.
        string? Text(string name) => string.IsNullOrWhiteSpace(configuration[name]) ? null : configuration[name];

        static string? OfPorts(string? ports) =>
            ports is null ? null : string.Join(';', ports.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(port => $"http://*:{port}"));
    }

    private static Uri Parse(string url) =>
        // Kestrel's wildcards are no host names.
        Uri.TryCreate(url.Replace("://*", "://0.0.0.0", StringComparison.Ordinal).Replace("://+", "://0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out Uri? address)
            && address.Scheme is "http" or "https"
            ? address
            : throw new StartRefusedException($"Urls: '{url}' is no http or https address.");

    /// <summary>Whether other machines reach none of them.</summary>
    public static bool IsLoopbackOnly(IEnumerable<Uri> addresses) => addresses.All(IsLoopback);

    private static bool IsLoopback(Uri address) =>
        address.Host == "localhost" || (IPAddress.TryParse(address.Host.Trim('[', ']'), out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
