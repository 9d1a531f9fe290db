using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amqp;

namespace ServiceBusDouble.Wire;

/// <summary>Accepts connections on 127.0.0.1 and remembers them, so that the port is known when it was left open, and so that connections can be cut.</summary>
internal sealed class LoopbackTransports : TransportProvider
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<SocketTransport, byte> _open = new();

    /// <param name="port">0: any free one.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    public LoopbackTransports(int port)
    {
        AddressSchemes = ["amqp"];
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
    }

    public int Port { get; }

    public override async Task<IAsyncTransport> CreateAsync(Address address)
    {
        try
        {
            Socket socket = await _listener.AcceptAsync();
            socket.NoDelay = true;
            SocketTransport transport = new(socket, closed => _open.TryRemove(closed, out _));
            _open[transport] = 0;
            return transport;
        }
        catch (Exception failure) when (failure is ObjectDisposedException or SocketException)
        {
            // The caller asks again and again until it is told to stop, which nobody does: it waits here for ever instead.
            await Task.Delay(Timeout.InfiniteTimeSpan);
            throw new UnreachableException();
        }
    }

    /// <summary>Breaks every connection as a network failure would: without a word of AMQP.</summary>
    public void CutAll()
    {
        foreach (SocketTransport transport in _open.Keys)
        {
            transport.Cut();
        }
    }

    /// <summary>Breaks one connection.</summary>
    public void Cut(Connection connection)
    {
        foreach (SocketTransport transport in _open.Keys.Where(transport => transport.Connection == connection))
        {
            transport.Cut();
        }
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }
}
