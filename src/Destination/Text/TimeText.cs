using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>
/// Every form of text that surely is a date or time: those of <see cref="IsoTime"/>, RFC 1123 (<c>Fri, 20 Nov 2026 08:30:00 GMT</c>), JavaScript's
/// (<c>Fri Nov 20 2026 08:30:00 GMT+0100 (CET)</c>) and old .NET's (<c>/Date(1795163400000)/</c>). Digits alone are none.
/// </summary>
internal static class TimeText
{
    /// <summary>Reads a time as Unix milliseconds, cut downwards.</summary>
    public static bool TryParse(Utf8Text text, out long unixMilliseconds)
    {
        ReadOnlySpan<byte> trimmed = Utf8Scan.Trim(text).Span;
        return IsoTime.TryParse(trimmed, out unixMilliseconds)
            || TryCall(trimmed, out unixMilliseconds)
            || TryWords(trimmed, out unixMilliseconds);
    }

    // The milliseconds count from 1970 in UTC, whatever zone stands behind them.
    private static bool TryCall(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (!text.StartsWith("/Date("u8) || !text.EndsWith(")/"u8))
        {
            return false;
        }

        text = text[6..^2];
        int zone = text.Length > 1 ? text[1..].IndexOfAny((byte)'+', (byte)'-') : -1;
        text = zone < 0 ? text : text[..(zone + 1)];
        return System.Buffers.Text.Utf8Parser.TryParse(text, out unixMilliseconds, out int consumed)
            && consumed == text.Length
            && Math.Abs(unixMilliseconds) < UnixTime.MillisecondsBelow;
    }

    private static bool TryWords(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (text.Length < 16 || !char.IsAsciiLetterOrDigit((char)text[0]))
        {
            return false;
        }

        int comment = text.IndexOf(" ("u8);
        text = comment > 0 && text[^1] == (byte)')' ? text[..comment] : text;
        ReadOnlySpan<byte> first = Word(ref text);
        if (first.Length >= 3 && IndexIn("sunmontuewedthufrisat"u8, first[..3]) >= 0 && (first.Length == 3 || first is [_, _, _, (byte)',']))
        {
            first = Word(ref text);
        }

        ReadOnlySpan<byte> second = Word(ref text);
        bool monthFirst = first.Length > 0 && char.IsAsciiLetter((char)first[0]);
        ReadOnlySpan<byte> monthName = monthFirst ? first : second;
        ReadOnlySpan<byte> dayDigits = monthFirst ? second : first;
        ReadOnlySpan<byte> yearDigits = Word(ref text);
        int month = monthName.Length == 3 ? IndexIn("janfebmaraprmayjunjulaugsepoctnovdec"u8, monthName) + 1 : 0;
        if (month == 0
            || dayDigits.Length is < 1 or > 2 || !IsoTime.TryDigits(dayDigits, out int day)
            || yearDigits.Length != 4 || !IsoTime.TryDigits(yearDigits, out int year)
            || !IsoTime.TryDay(year, month, day, out unixMilliseconds)
            || !IsoTime.TryTimeOfDay(text, out long milliseconds))
        {
            return false;
        }

        unixMilliseconds += milliseconds;
        return true;
    }

    private static ReadOnlySpan<byte> Word(ref ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)' ');
        ReadOnlySpan<byte> word = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[(end + 1)..].TrimStart((byte)' ');
        return word;
    }

    private static int IndexIn(ReadOnlySpan<byte> names, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i + 3 <= names.Length; i += 3)
        {
            if (Ascii.EqualsIgnoreCase(names.Slice(i, 3), name))
            {
                return i / 3;
            }
        }

        return -1;
    }
}
