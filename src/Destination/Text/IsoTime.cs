namespace CustomerIoDestination.Text;

/// <summary>
/// ISO 8601 dates and times as RFC 3339 and common libraries write them: <c>yyyy-MM-dd</c>, alone (00:00 UTC) or followed by <c>T</c> or a
/// blank and <c>HH:mm[:ss[.fraction]]</c> with <c>Z</c>, <c>±hh:mm</c>, <c>±hhmm</c>, <c>±hh</c> or no zone (UTC). Any number of fraction digits.
/// </summary>
internal static class IsoTime
{
    private const int MinutesADay = 24 * 60;

    /// <summary>Reads a time as Unix milliseconds, cut downwards.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (text.Length < 10
            || !TryDigits(text[..4], out int year) || text[4] != (byte)'-'
            || !TryDigits(text[5..7], out int month) || text[7] != (byte)'-'
            || !TryDigits(text[8..10], out int day)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
        {
            return false;
        }

        long days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Days;
        unixMilliseconds = days * MinutesADay * 60_000L;
        text = text[10..];
        if (text.IsEmpty)
        {
            return true;
        }

        if (text[0] is not ((byte)'T' or (byte)'t' or (byte)' ') || !TryTimeOfDay(text[1..], out long milliseconds))
        {
            unixMilliseconds = 0;
            return false;
        }

        unixMilliseconds += milliseconds;
        return true;
    }

    private static bool TryTimeOfDay(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 5
            || !TryDigits(text[..2], out int hour) || text[2] != (byte)':'
            || !TryDigits(text[3..5], out int minute)
            || hour > 23 || minute > 59)
        {
            return false;
        }

        text = text[5..];
        int second = 0;
        int fraction = 0;
        if (!text.IsEmpty && text[0] == (byte)':')
        {
            // 60 is a leap second; it reads as the first of the next minute, as everywhere.
            if (text.Length < 3 || !TryDigits(text[1..3], out second) || second > 60)
            {
                return false;
            }

            text = text[3..];
            if (!TryFraction(ref text, out fraction))
            {
                return false;
            }
        }

        if (!TryZone(text, out int offsetMinutes))
        {
            return false;
        }

        milliseconds = (((((hour * 60L) + minute - offsetMinutes) * 60) + second) * 1000) + fraction;
        return true;
    }

    private static bool TryFraction(ref ReadOnlySpan<byte> text, out int milliseconds)
    {
        milliseconds = 0;
        if (text.IsEmpty || text[0] is not ((byte)'.' or (byte)','))
        {
            return true;
        }

        int digits = 0;
        int scale = 100;
        while (digits + 1 < text.Length && text[digits + 1] is >= (byte)'0' and <= (byte)'9')
        {
            milliseconds += (text[digits + 1] - '0') * scale;
            scale /= 10;
            digits++;
        }

        text = text[(digits + 1)..];
        return digits > 0;
    }

    private static bool TryZone(ReadOnlySpan<byte> text, out int offsetMinutes)
    {
        offsetMinutes = 0;
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
        {
            return true;
        }

        if (text[0] is not ((byte)'+' or (byte)'-') || text.Length < 3 || !TryDigits(text[1..3], out int hours))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = text[3..];
        int minutes = 0;
        if (!rest.IsEmpty)
        {
            rest = rest[0] == (byte)':' ? rest[1..] : rest;
            if (rest.Length != 2 || !TryDigits(rest, out minutes))
            {
                return false;
            }
        }

        offsetMinutes = ((hours * 60) + minutes) * (text[0] == (byte)'-' ? -1 : 1);
        return hours < 24 && minutes < 60;
    }

    private static bool TryDigits(ReadOnlySpan<byte> text, out int number)
    {
        number = 0;
        foreach (byte b in text)
        {
            if (b is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            number = (number * 10) + (b - '0');
        }

        return true;
    }
}
