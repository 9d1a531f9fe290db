using System.Buffers;

namespace CustomerIoDestination.Text;

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
