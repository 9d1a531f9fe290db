namespace CustomerIoDestination.Text;

/// <summary>What counts as an e-mail address: one <c>@</c>, something before it, a dot inside the domain, no white space.</summary>
public static class EmailShape
{
    /// <summary>Whether the UTF-8 text has the shape of an e-mail address.</summary>
    public static bool Matches(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOf((byte)'@');
        if (at <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> domain = text[(at + 1)..];
        if (domain.Length < 3 || domain.Contains((byte)'@') || Utf8Scan.ContainsWhiteSpace(text))
        {
            return false;
        }

        return domain[1..^1].Contains((byte)'.');
    }
}
