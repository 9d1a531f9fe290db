using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// Takes out of a URL what may carry values: the query, also the one inside the fragment where apps of one page keep theirs (<c>#/checkout?plan=2</c>), parameters of
/// the path (<c>;jsessionid=1</c>), a fragment that holds a <c>=</c> (<c>#access_token=…</c>), and the user and password before the host.
/// </summary>
internal sealed class StripQuery : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        edited = default;
        if (!value.TryGetText(out Utf8Text text) || text.Span.IndexOfAny("?;#@"u8) < 0)
        {
            return false;
        }

        int hash = text.Span.IndexOf((byte)'#');
        ReadOnlySpan<byte> fragment = hash < 0 ? default : UpToQuery(text.Span[hash..]);
        byte[] page = WithoutParameters(WithoutUser(UpToQuery(hash < 0 ? text.Span : text.Span[..hash])));
        byte[] inside = WithoutParameters(fragment);
        byte[] left = HoldsValue(inside) ? page : [.. page, .. inside];
        edited = EditableValue.Text(left);
        return left.Length != text.Length;
    }

    private static ReadOnlySpan<byte> UpToQuery(ReadOnlySpan<byte> part) => part.IndexOf((byte)'?') is >= 0 and int query ? part[..query] : part;

    // An escaped = is one to whoever reads the fragment.
    private static bool HoldsValue(ReadOnlySpan<byte> fragment) => fragment.Contains((byte)'=') || fragment.IndexOf("%3D"u8) >= 0 || fragment.IndexOf("%3d"u8) >= 0;

    private static byte[] WithoutUser(ReadOnlySpan<byte> url)
    {
        int slashes = url.IndexOf("//"u8);
        if (slashes < 0 || (slashes > 0 && url[slashes - 1] != (byte)':'))
        {
            return url.ToArray();
        }

        int host = slashes + 2;
        int end = url[host..].IndexOf((byte)'/');
        int at = (end < 0 ? url[host..] : url.Slice(host, end)).LastIndexOf((byte)'@');
        return at < 0 ? url.ToArray() : [.. url[..host], .. url[(host + at + 1)..]];
    }

    private static byte[] WithoutParameters(ReadOnlySpan<byte> path)
    {
        var left = new List<byte>(path.Length);
        while (!path.IsEmpty)
        {
            int next = path[1..].IndexOfAny((byte)';', (byte)'/');
            ReadOnlySpan<byte> piece = next < 0 ? path : path[..(next + 1)];
            if (piece[0] != (byte)';' || !piece.Contains((byte)'='))
            {
                left.AddRange(piece);
            }

            path = path[piece.Length..];
        }

        return [.. left];
    }
}
