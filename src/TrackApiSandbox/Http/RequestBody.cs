using System.Buffers;

namespace TrackApiSandbox.Http;

/// <summary>The whole body of one request in a rented buffer.</summary>
internal readonly struct RequestBody : IDisposable
{
    private const int FirstBufferBytes = 4_096;
    private readonly byte[] _buffer;

    private RequestBody(byte[] buffer, int length, bool isTooLarge)
    {
        _buffer = buffer;
        Bytes = buffer.AsMemory(0, length);
        IsTooLarge = isTooLarge;
    }

    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether the body goes on beyond the bound; the rest was not read.</summary>
    public bool IsTooLarge { get; }

    public static async Task<RequestBody> ReadAsync(Stream body, int bound, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBufferBytes);
        int length = 0;
        try
        {
            while (length <= bound)
            {
                if (length == buffer.Length)
                {
                    byte[] larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
                    buffer.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }

                int read = await body.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    return new RequestBody(buffer, length, isTooLarge: false);
                }

                length += read;
            }

            return new RequestBody(buffer, bound, isTooLarge: true);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);
}
