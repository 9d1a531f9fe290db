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
