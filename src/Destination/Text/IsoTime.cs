using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>
/// ISO 8601 dates and times as RFC 3339 and common libraries write them: <c>yyyy-MM-dd</c>, alone (00:00 UTC) or followed by <c>T</c> or a blank and a time of
/// day; the same in the basic form, <c>yyyyMMddTHHmmss</c>. Any number of fraction digits after a point or a comma. The zone is <c>Z</c>, <c>UTC</c>,
/// <c>GMT</c>, <c>±hh:mm</c>, <c>±hhmm</c> or <c>±hh</c>, with or without blanks before it; without a zone it is UTC.
/// </summary>
internal static class IsoTime
{
    private const int MinutesADay = 24 * 60;
    private const long MillisecondsADay = MinutesADay * 60_000L;

    /// <summary>Reads a time as Unix milliseconds, cut downwards. Digits alone are none.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        bool isExtended = text.Length >= 10 && text[4] == (byte)'-';
        if (!(isExtended ? TryExtendedDate(text, out unixMilliseconds) : text.Length > 8 && TryParseDay(text[..8], out unixMilliseconds)))
        {
            return false;
        }

        text = text[(isExtended ? 10 : 8)..];
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

    /// <summary>Reads a day of eight digits, <c>yyyyMMdd</c>.</summary>
    public static bool TryParseDay(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        return text.Length == 8
            && TryDigits(text[..4], out int year) && TryDigits(text[4..6], out int month) && TryDigits(text[6..], out int day)
            && TryDay(year, month, day, out unixMilliseconds);
    }

    /// <summary>The start of a day, UTC; false when there is no such day.</summary>
    public static bool TryDay(int year, int month, int day, out long unixMilliseconds)
    {
        bool exists = year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        unixMilliseconds = exists ? new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Days * MillisecondsADay : 0;
        return exists;
    }

    /// <summary>Reads a time of day and its zone as the milliseconds since the day began in UTC.</summary>
    public static bool TryTimeOfDay(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        bool isExtended = text.Length >= 5 && text[2] == (byte)':';

        // The hour alone is one too, if what follows says that it is no more.
        bool hasMinutes = isExtended || (text.Length >= 4 && char.IsAsciiDigit((char)text[2]));
        int minute = 0;
        if (text.Length < 3
            || !TryDigits(text[..2], out int hour)
            || (hasMinutes && !TryDigits(isExtended ? text[3..5] : text[2..4], out minute))
            || hour > 23 || minute > 59)
        {
            return false;
        }

        text = text[(isExtended ? 5 : hasMinutes ? 4 : 2)..];
        int second = 0;
        int fraction = 0;
        if (hasMinutes && (isExtended ? !text.IsEmpty && text[0] == (byte)':' : text.Length >= 2 && char.IsAsciiDigit((char)text[0])))
        {
            text = isExtended ? text[1..] : text;

            // 60 is a leap second; it reads as the first of the next minute, as everywhere.
            if (text.Length < 2 || !TryDigits(text[..2], out second) || second > 60)
            {
                return false;
            }

            text = text[2..];
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

    /// <summary>Reads a number of digits alone.</summary>
    public static bool TryDigits(ReadOnlySpan<byte> text, out int number)
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

    private static bool TryExtendedDate(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        return TryDigits(text[..4], out int year)
            && TryDigits(text[5..7], out int month) && text[7] == (byte)'-'
            && TryDigits(text[8..10], out int day)
            && TryDay(year, month, day, out unixMilliseconds);
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
        text = text.TrimStart((byte)' ');
        if (text.IsEmpty || (text.Length == 1 && text[0] is (byte)'Z' or (byte)'z'))
        {
            return true;
        }

        if (text.Length >= 3 && (Ascii.EqualsIgnoreCase(text[..3], "UTC"u8) || Ascii.EqualsIgnoreCase(text[..3], "GMT"u8)))
        {
            text = text[3..].TrimStart((byte)' ');
            if (text.IsEmpty)
            {
                return true;
            }
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
}
