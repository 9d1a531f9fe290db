using System.Buffers;

namespace CustomerIoDestination.TrackApi;

/// <summary>An answer's body in pooled memory, read no further than a bound. Dispose it when it is understood.</summary>
internal readonly struct BoundedBody : IDisposable
{
    private const int FirstSize = 1024;

    private readonly byte[] _array;
    private readonly int _length;

    private BoundedBody(byte[] array, int length, bool whole)
    {
        _array = array;
        _length = length;
        IsWhole = whole;
    }

    /// <summary>Whether the body ended within the bound.</summary>
    public bool IsWhole { get; }

    /// <summary>What was read.</summary>
    public ReadOnlySpan<byte> Span => _array.AsSpan(0, _length);

    /// <summary>Reads a body up to a bound.</summary>
    /// <exception cref="IOException">It broke off (also as <see cref="HttpRequestException"/>).</exception>
    public static async ValueTask<BoundedBody> ReadAsync(HttpContent content, int maxBytes, CancellationToken cancellationToken)
    {
        await using Stream stream = await content.ReadAsStreamAsync(cancellationToken);
        byte[] array = ArrayPool<byte>.Shared.Rent(FirstSize);
        int length = 0;
        try
        {
            while (true)
            {
                int read = await stream.ReadAsync(array.AsMemory(length), cancellationToken);
                length += read;
                if (read == 0 || length > maxBytes)
                {
                    return new BoundedBody(array, length, whole: read == 0);
                }

                if (length == array.Length)
                {
                    array = Grow(array);
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(array, clearArray: true);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_array, clearArray: true);

    private static byte[] Grow(byte[] array)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(array.Length * 4);
        array.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(array, clearArray: true);
        return larger;
    }
}
