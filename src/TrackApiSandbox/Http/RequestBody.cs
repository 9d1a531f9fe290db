using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

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

    /// <summary>The JSON, or null when it is none: broken, too deep, no UTF-8, or with half a surrogate pair, which is no text.</summary>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span) || HasLoneSurrogate(bytes.Span))
        {
            return null;
        }

        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    /// <summary>Looks at the escapes alone; in valid JSON a backslash stands nowhere but in a text.</summary>
    private static bool HasLoneSurrogate(ReadOnlySpan<byte> json)
    {
        bool afterHigh = false;
        for (int at = json.IndexOf((byte)'\\'); at >= 0 && at + 1 < json.Length;)
        {
            bool isCodeUnit = TryReadCodeUnit(json[at..], out char unit);
            bool isLow = isCodeUnit && char.IsLowSurrogate(unit);
            if (isLow != afterHigh)
            {
                return true;
            }

            afterHigh = isCodeUnit && char.IsHighSurrogate(unit);
            int rest = at + (isCodeUnit ? 6 : 2);
            int next = json[rest..].IndexOf((byte)'\\');
            if (afterHigh && next != 0)
            {
                return true;
            }

            at = next < 0 ? -1 : rest + next;
        }

        return afterHigh;
    }

    private static bool TryReadCodeUnit(ReadOnlySpan<byte> escape, out char unit)
    {
        unit = default;
        bool isCodeUnit = escape.Length >= 6 && escape[1] == 'u';
        if (!isCodeUnit || !ushort.TryParse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort value))
        {
            return false;
        }

        unit = (char)value;
        return true;
    }
}
