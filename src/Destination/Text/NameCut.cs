namespace CustomerIoDestination.Text;

/// <summary>Shortens names to a number of bytes without breaking a character or an escape.</summary>
internal static class NameCut
{
    /// <summary>How many bytes of the text fit into <paramref name="limit"/> without cutting inside a character.</summary>
    public static int OnCharacter(ReadOnlySpan<byte> text, int limit)
    {
        if (text.Length <= limit)
        {
            return text.Length;
        }

        int length = limit;
        while (length > 0 && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length;
    }

    /// <summary>
    /// A URL that fits: over the limit the query is dropped, still over the fragment too, still over it is cut, never inside a character or a <c>%XX</c>. A query may hold health data, so it is the first to go.
    /// </summary>
    /// <param name="url">The URL.</param>
    /// <param name="limit">The most bytes.</param>
    public static byte[] Url(ReadOnlySpan<byte> url, int limit)
    {
        int hash = url.IndexOf((byte)'#');
        ReadOnlySpan<byte> fragment = hash < 0 ? default : url[hash..];
        ReadOnlySpan<byte> rest = hash < 0 ? url : url[..hash];
        int question = rest.IndexOf((byte)'?');
        ReadOnlySpan<byte> path = question < 0 ? rest : rest[..question];
        if (path.Length + fragment.Length <= limit)
        {
            return [.. path, .. fragment];
        }

        int length = OnCharacter(path, limit);
        return path[..OutsideEscape(path, length)].ToArray();
    }

    private static int OutsideEscape(ReadOnlySpan<byte> text, int length)
    {
        if (length == text.Length)
        {
            return length;
        }

        int percent = text[..length].LastIndexOf((byte)'%');
        return percent >= 0 && percent > length - 3 && IsEscape(text[percent..]) ? percent : length;
    }

    private static bool IsEscape(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && char.IsAsciiHexDigit((char)text[1]) && char.IsAsciiHexDigit((char)text[2]);
}
