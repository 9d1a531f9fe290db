using System.Net.Sockets;
using System.Text;

namespace CustomerIoDestination.Chaos.Run;

/// <summary>
/// Sends half a request, again and again, and breaks the connection off. What the half holds is whole events of a visitor nobody may ever
/// hear of: a request that did not end was not sent.
/// </summary>
internal sealed class HalfBodies(HostAddress host)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    /// <summary>How many were sent.</summary>
    public int Sent { get; private set; }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (host.Current is { } address)
            {
                await SendAsync(address);
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task SendAsync(Uri address)
    {
        string event1 = $$"""{"type":"track","event":"Never","userId":"ghost","messageId":"ghost-{{Sent}}"}""";
        string head = $"POST /api/events HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: 5000\r\n\r\n";
        string body = (Sent % 3) switch
        {
            0 => $"{event1}\n{event1}\n",
            1 => $"[{event1},{event1}]",
            _ => $"[{event1},{{\"type\":\"tra",
        };
        try
        {
            // Closed with a reset or with an end, in turn.
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(Sent % 2 == 0, 0) };
            await socket.ConnectAsync(address.Host, address.Port);
            await socket.SendAsync(Encoding.UTF8.GetBytes(head + body));
            Sent++;
        }
        catch (SocketException)
        {
            // The host was killed meanwhile.
        }
    }
}
