using System.Net;
using System.Net.Sockets;

namespace CustomerIoDestination.AzureServices.Tests.Support;

/// <summary>A storage account that takes connections and never answers: what a broken network looks like for longest.</summary>
internal sealed class DeafServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public DeafServer() => _listener.Start();

    public string ConnectionString =>
        FormattableString.Invariant($"DefaultEndpointsProtocol=http;AccountName=a;AccountKey=a2V5;TableEndpoint=http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/a;");

    public void Dispose() => _listener.Dispose();
}
