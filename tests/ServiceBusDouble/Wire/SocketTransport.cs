using System.Net.Sockets;
using Amqp;

namespace ServiceBusDouble.Wire;

/// <summary>One accepted connection's bytes.</summary>
internal sealed class SocketTransport(Socket socket, Action<SocketTransport> closed) : IAsyncTransport, IDisposable
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    /// <summary>The connection that runs over it, once it is set up.</summary>
    public Connection? Connection { get; private set; }

    public void SetConnection(Connection connection) => Connection = connection;

    public async Task SendAsync(IList<ByteBuffer> bufferList, int listSize)
    {
        byte[] frames = new byte[listSize];
        int written = 0;
        foreach (ByteBuffer buffer in bufferList)
        {
            Buffer.BlockCopy(buffer.Buffer, buffer.Offset, frames, written, buffer.Length);
            written += buffer.Length;
        }

        await _stream.WriteAsync(frames.AsMemory(0, written));
    }

    public Task<int> ReceiveAsync(byte[] buffer, int offset, int count) => _stream.ReadAsync(buffer, offset, count);

    public void Send(ByteBuffer buffer) => _stream.Write(buffer.Buffer, buffer.Offset, buffer.Length);

    public int Receive(byte[] buffer, int offset, int count) => _stream.Read(buffer, offset, count);

    public void Close()
    {
        closed(this);
        _stream.Dispose();
    }

    public void Dispose() => Close();

    /// <summary>Ends the connection with a reset.</summary>
    public void Cut()
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception gone) when (gone is ObjectDisposedException or SocketException)
        {
            // The other side was quicker.
        }

        Close();
    }
}
