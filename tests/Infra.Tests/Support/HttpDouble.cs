using System.Net;
using System.Net.Sockets;

namespace CustomerIoDestination.Infra.Support;

/// <summary>A server on this machine that answers every request as a test says: with a status and a body, by its path and its body.</summary>
internal sealed class HttpDouble : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<string, byte[], (int Status, string Body)> _answer;

    /// <summary>Starts it on a free port.</summary>
    public HttpDouble(Func<string, byte[], (int Status, string Body)> answer)
    {
        _answer = answer;
        using (TcpListener free = new(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/");
        }

        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _ = AnswerAsync();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <inheritdoc/>
    public void Dispose() => _listener.Close();

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

            using MemoryStream body = new();
            await context.Request.InputStream.CopyToAsync(body);
            (int status, string answer) = _answer(context.Request.Url!.AbsolutePath, body.ToArray());
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json";
            await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(answer));
            context.Response.Close();
        }
    }
}
