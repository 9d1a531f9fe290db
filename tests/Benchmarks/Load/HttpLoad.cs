using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>
/// Posts bodies over persistent connections, one request in flight on each: a client so thin that the server is what is measured.
/// </summary>
internal sealed class HttpLoad(Uri address, Func<int, byte[]> body)
{
    private long _answered;
    private int _number;

    /// <summary>Answers of 2xx so far.</summary>
    public long Answered => Interlocked.Read(ref _answered);

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(int connections, string path, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => ConnectionAsync(path, cancellationToken), CancellationToken.None)));

    private async Task ConnectionAsync(string path, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port, CancellationToken.None);
        byte[] buffer = new byte[64 * 1024];
        while (!cancellationToken.IsCancellationRequested)
        {
            byte[] content = body(Interlocked.Increment(ref _number));
            string head = string.Create(CultureInfo.InvariantCulture, $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Length: {content.Length}\r\n\r\n");
            await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. content], CancellationToken.None);
            await ReadAnswerAsync(socket, buffer);
            Interlocked.Increment(ref _answered);
        }
    }

    private static async Task ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        int length = 0;
        while (true)
        {
            int read = await socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None);
            length += read;
            if (read == 0 || (IsComplete(buffer.AsSpan(0, length), out bool success) && !success))
            {
                throw new InvalidOperationException($"The server answered: {Encoding.UTF8.GetString(buffer, 0, Math.Min(length, 300))}");
            }

            if (IsComplete(buffer.AsSpan(0, length), out _))
            {
                return;
            }
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> answer, out bool success)
    {
        success = answer.Length > 9 && answer[9] == (byte)'2';
        int head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> headers = answer[..head];
        if (headers.IndexOf("chunked"u8) >= 0)
        {
            return answer.EndsWith("0\r\n\r\n"u8);
        }

        int at = headers.IndexOf("Content-Length: "u8);
        return at >= 0
            && System.Buffers.Text.Utf8Parser.TryParse(headers[(at + 16)..], out int length, out _)
            && answer.Length >= head + 4 + length;
    }
}
