using System.Buffers;

namespace CustomerIoDestination.HttpApi.Bodies;

/// <summary>Pooled memory that grows with what arrives, up to a bound: what a sender claims to send costs nothing until it does.</summary>
internal sealed class BoundedBuffer(int maxBytes) : IDisposable
{
    private const int InitialBytes = 16 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
    private int _length;

    /// <summary>Whether more came than the bound allows; what is over it was not kept.</summary>
    public bool IsOverBound { get; private set; }

    /// <summary>Appends what came.</summary>
    public void Append(ReadOnlySequence<byte> sequence)
    {
        foreach (ReadOnlyMemory<byte> segment in sequence)
        {
            Append(segment.Span);
        }
    }

    /// <summary>Appends everything the stream holds, and stops at the bound.</summary>
    public void AppendAll(Stream stream)
    {
        while (!IsOverBound)
        {
            // One byte more than may come, so that the one too many is seen.
            Reserve(Math.Min(_length + 1, maxBytes + 1));
            int read = stream.Read(_bytes, _length, Math.Min(_bytes.Length, maxBytes + 1) - _length);
            if (read == 0)
            {
                return;
            }

            _length += read;
            IsOverBound = _length > maxBytes;
        }
    }

    /// <summary>What came, in memory of its own.</summary>
    public byte[] ToArray() => _bytes.AsSpan(0, _length).ToArray();

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
        _bytes = [];
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        IsOverBound |= bytes.Length > maxBytes - _length;
        if (!IsOverBound)
        {
            Reserve(_length + bytes.Length);
            bytes.CopyTo(_bytes.AsSpan(_length));
            _length += bytes.Length;
        }
    }

    private void Reserve(int length)
    {
        if (length <= _bytes.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(length, _bytes.Length * 2));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);
        _bytes = larger;
    }
}
