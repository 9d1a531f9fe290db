using System.Buffers;

namespace CustomerIoDestination.Text;

/// <summary>
/// Pooled memory that grows with what arrives, up to a bound: what a sender claims to send costs nothing until it does. Dispose it when what came is
/// understood; it is cleared then. Not thread-safe.
/// </summary>
/// <param name="maxBytes">The bound; of what is longer at most one byte more is kept.</param>
/// <param name="initialBytes">The memory to begin with.</param>
public sealed class BoundedBuffer(int maxBytes, int initialBytes = 16 * 1024) : IDisposable
{
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(initialBytes);
    private int _length;

    /// <summary>Whether more came than the bound allows.</summary>
    public bool IsOverBound { get; private set; }

    /// <summary>What came.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, _length);

    /// <summary>Appends what came; beyond the bound nothing more is kept.</summary>
    public void Append(ReadOnlySequence<byte> sequence)
    {
        foreach (ReadOnlyMemory<byte> segment in sequence)
        {
            IsOverBound |= segment.Length > maxBytes - _length;
            if (!IsOverBound)
            {
                Reserve(_length + segment.Length);
                segment.Span.CopyTo(_bytes.AsSpan(_length));
                _length += segment.Length;
            }
        }
    }

    /// <summary>Appends everything the stream holds, and stops at the bound.</summary>
    public void AppendAll(Stream stream)
    {
        while (!IsOverBound && stream.Read(Room().Span) is > 0 and int read)
        {
            Took(read);
        }
    }

    /// <summary>Appends everything the stream holds, and stops at the bound.</summary>
    public async ValueTask AppendAllAsync(Stream stream, CancellationToken cancellationToken)
    {
        while (!IsOverBound && await stream.ReadAsync(Room(), cancellationToken) is > 0 and int read)
        {
            Took(read);
        }
    }

    /// <summary>What came, in memory of its own.</summary>
    public byte[] ToArray() => Span.ToArray();

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
        _bytes = [];
        _length = 0;
    }

    // One byte more than may come, so that the one too many is seen.
    private Memory<byte> Room()
    {
        Reserve(_length + 1);
        return _bytes.AsMemory(_length, Math.Min(_bytes.Length, maxBytes + 1) - _length);
    }

    private void Took(int bytes)
    {
        _length += bytes;
        IsOverBound = _length > maxBytes;
    }

    private void Reserve(int length)
    {
        if (length <= _bytes.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _bytes.Length * 2));
        Span.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
        _bytes = larger;
    }
}
