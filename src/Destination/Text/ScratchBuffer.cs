using System.Buffers;

namespace CustomerIoDestination.Text;

/// <summary>
/// Pooled memory for what is written while one event is mapped and sent. Pieces are written one after another; a finished piece stays
/// where it is until the buffer is disposed, also when a later one makes the buffer grow.
/// </summary>
public sealed class ScratchBuffer : IDisposable
{
    private const int InitialSize = 4 * 1024;
    private const int MaxKeptSize = 64 * 1024;

    private readonly List<byte[]> _retired = [];
    private byte[] _current = [];
    private int _start;
    private int _position;

    /// <summary>How many bytes of the piece in hand are written.</summary>
    public int Length => _position - _start;

    /// <summary>The piece in hand so far; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _current.AsSpan(_start, Length);

    /// <summary>Room for at least <paramref name="size"/> bytes; follow with <see cref="Advance"/>.</summary>
    public Span<byte> GetSpan(int size)
    {
        if (_current.Length - _position < size)
        {
            Grow(size);
        }

        return _current.AsSpan(_position);
    }

    /// <summary>The next <paramref name="count"/> bytes were written.</summary>
    public void Advance(int count) => _position += count;

    /// <summary>Appends bytes.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _position += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void WriteByte(byte value)
    {
        GetSpan(1)[0] = value;
        _position++;
    }

    /// <summary>Takes back what was written of the piece in hand after its first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => _position = _start + length;

    /// <summary>Ends the piece in hand and begins the next.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        ReadOnlyMemory<byte> piece = _current.AsMemory(_start, Length);
        _start = _position;
        return piece;
    }

    /// <summary>Forgets every piece; keeps the memory for the next event unless it grew large.</summary>
    public void Reset()
    {
        if (_current.Length > MaxKeptSize)
        {
            Dispose();
            return;
        }

        ReturnRetired();
        _start = 0;
        _position = 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ReturnRetired();
        if (_current.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_current, clearArray: true);
            _current = [];
        }

        _start = 0;
        _position = 0;
    }

    private void Grow(int size)
    {
        int written = Length;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(Math.Max(InitialSize, _current.Length * 2), written + size));
        Written.CopyTo(larger);
        if (_current.Length > 0)
        {
            _retired.Add(_current);
        }

        _current = larger;
        _start = 0;
        _position = written;
    }

    private void ReturnRetired()
    {
        foreach (byte[] array in _retired)
        {
            ArrayPool<byte>.Shared.Return(array, clearArray: true);
        }

        _retired.Clear();
    }
}

/// <summary>
/// Percent-encodes an identifier for a URL's path exactly as <c>Uri.EscapeDataString</c> does, straight from UTF-8: everything but letters,
/// digits and <c>-._~</c> becomes <c>%XX</c>.
/// </summary>
internal static class PercentEncoding
{
    private const string HexDigits = "0123456789ABCDEF";

    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"u8);

    /// <summary>A path with the encoded value between two fixed parts.</summary>
    public static string Path(string before, Utf8Text value, string after)
    {
        int escaped = 0;
        foreach (byte b in value.Span)
        {
            escaped += Unreserved.Contains(b) ? 0 : 1;
        }

        return string.Create(before.Length + value.Length + (2 * escaped) + after.Length, (before, value, after), static (path, parts) =>
        {
            parts.before.CopyTo(path);
            int position = parts.before.Length;
            foreach (byte b in parts.value.Span)
            {
                if (Unreserved.Contains(b))
                {
                    path[position++] = (char)b;
                    continue;
                }

                path[position++] = '%';
                path[position++] = HexDigits[b >> 4];
                path[position++] = HexDigits[b & 15];
            }

            parts.after.CopyTo(path[position..]);
        });
    }
}

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
