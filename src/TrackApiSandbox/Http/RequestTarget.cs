using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace TrackApiSandbox.Http;

/// <summary>
/// The path of a request, taken from the target as on the wire: the server's own path keeps <c>%2F</c> encoded, so that an identifier holding
/// a slash could not be told from one holding its escape.
/// </summary>
internal static class RequestTarget
{
    /// <summary>The decoded segments, or null when the percent-encoding is broken or no UTF-8. <c>+</c> is a plus.</summary>
    public static string[]? Segments(string target)
    {
        ReadOnlySpan<char> path = Path(target);
        if (path.IsEmpty || path[0] != '/')
        {
            return [];
        }

        var segments = new List<string>(8);
        foreach (Range range in path[1..].Split('/'))
        {
            if (Decode(path[1..][range]) is not { } segment)
            {
                return null;
            }

            Append(segments, segment);
        }

        return [.. segments];
    }

    /// <summary>Dot segments collapse, escaped or not, as everywhere on the web (RFC 3986, 5.2.4): no identifier can be one.</summary>
    private static void Append(List<string> segments, string segment)
    {
        if (segment == "..")
        {
            segments.RemoveRange(Math.Max(0, segments.Count - 1), Math.Min(1, segments.Count));
        }
        else if (segment != ".")
        {
            segments.Add(segment);
        }
    }

    private static ReadOnlySpan<char> Path(string target)
    {
        ReadOnlySpan<char> path = target;
        int query = path.IndexOf('?');
        path = query < 0 ? path : path[..query];
        int scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0 || path[0] == '/')
        {
            return path;
        }

        ReadOnlySpan<char> afterScheme = path[(scheme + 3)..];
        int slash = afterScheme.IndexOf('/');
        return slash < 0 ? [] : afterScheme[slash..];
    }

    private static string? Decode(ReadOnlySpan<char> segment)
    {
        if (!segment.Contains('%'))
        {
            return segment.ToString();
        }

        byte[] bytes = new byte[segment.Length];
        int length = 0;
        for (int i = 0; i < segment.Length; i++)
        {
            if (segment[i] != '%')
            {
                bytes[length++] = (byte)segment[i];
            }
            else if (i + 2 < segment.Length && char.IsAsciiHexDigit(segment[i + 1]) && char.IsAsciiHexDigit(segment[i + 2]))
            {
                bytes[length++] = Convert.FromHexString(segment.Slice(i + 1, 2))[0];
                i += 2;
            }
            else
            {
                return null;
            }
        }

        ReadOnlySpan<byte> decoded = bytes.AsSpan(0, length);
        return Utf8.IsValid(decoded) ? Encoding.UTF8.GetString(decoded) : null;
    }
}

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
