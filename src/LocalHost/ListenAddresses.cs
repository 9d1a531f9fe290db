using System.Net;
using System.Net.Sockets;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.LocalHost;

/// <summary>Where the host listens: on this machine only, unless both kinds of keys are configured.</summary>
internal static class ListenAddresses
{
    // The port of the Azure Functions host, so that a sender set up for one works with the other.
    private const string Default = "http://127.0.0.1:7071";

    /// <summary>Reads <c>Urls</c> (or <c>ASPNETCORE_URLS</c>).</summary>
    /// <exception cref="StartRefusedException">An address is none, or reaches beyond this machine without keys.</exception>
    public static Uri[] Read(IConfiguration configuration, DestinationSettings settings)
    {
        string urls = configuration["Urls"] ?? configuration["ASPNETCORE_URLS"] ?? Default;
        Uri[] addresses = [.. urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Parse)];
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
