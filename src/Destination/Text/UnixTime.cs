using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>
/// Times as numbers, by magnitude: below 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds, below 1e20 nanoseconds; and the objects that document
/// databases write, <c>{"$date": …}</c> and <c>{"_seconds": …}</c>.
/// </summary>
internal static class UnixTime
{
    /// <summary>Numbers below it are seconds.</summary>
    public const long SecondsBelow = 100_000_000_000;

    /// <summary>Numbers below it, and no seconds, are milliseconds.</summary>
    public const long MillisecondsBelow = 100_000_000_000_000;

    private const long MicrosecondsBelow = 100_000_000_000_000_000;
    private const decimal NanosecondsBelow = 100_000_000_000_000_000_000m;

    /// <summary>Reads a number of any unit as Unix milliseconds, cut downwards.</summary>
    public static bool TryReadNumber(ReadOnlySpan<byte> digits, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (Utf8Parser.TryParse(digits, out long whole, out int consumed) && consumed == digits.Length)
        {
            unixMilliseconds = Scale(whole);
            return true;
        }

        if (!decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) || decimal.Abs(number) >= NanosecondsBelow)
        {
            return false;
        }

        unixMilliseconds = Scale(number);
        return true;
    }

    /// <summary>Reads <c>{"$date": text or number}</c>, <c>{"_seconds": n}</c> or <c>{"seconds": n}</c>, the last two with nanoseconds or without.</summary>
    public static bool TryReadObject(JsonValue value, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        JsonValue date = default;
        JsonValue seconds = default;
        JsonValue nanoseconds = default;
        foreach (JsonMember member in value.Members)
        {
            ReadOnlySpan<byte> name = member.Name.Span;
            if (name.SequenceEqual("$date"u8))
            {
                date = member.Value;
            }
            else if (name.SequenceEqual("_seconds"u8) || name.SequenceEqual("seconds"u8))
            {
                seconds = member.Value;
            }
            else if (name.SequenceEqual("_nanoseconds"u8) || name.SequenceEqual("nanoseconds"u8) || name.SequenceEqual("nanos"u8))
            {
                nanoseconds = member.Value;
            }
            else
            {
                return false;
            }
        }

        if (date.IsPresent)
        {
            JsonValue number = date["$numberLong"u8];
            return TryReadDate(number.IsPresent ? number : date, out unixMilliseconds);
        }

        if (!TryReadDigits(seconds, out unixMilliseconds))
        {
            return false;
        }

        unixMilliseconds += TryReadLong(nanoseconds, out long fraction) && fraction is >= 0 and < 1_000_000_000 ? fraction / 1_000_000 : 0;
        return true;
    }

    private static bool TryReadDate(JsonValue value, out long unixMilliseconds) =>
        TryReadDigits(value, out unixMilliseconds) || (value.TryGetText(out Utf8Text text) && TimeText.TryParse(text, out unixMilliseconds));

    private static bool TryReadDigits(JsonValue value, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        return TryReadLong(value, out _) && TryReadNumber(Digits(value), out unixMilliseconds);
    }

    private static bool TryReadLong(JsonValue value, out long number)
    {
        ReadOnlySpan<byte> digits = Digits(value);
        return Utf8Parser.TryParse(digits, out number, out int consumed) && consumed == digits.Length;
    }

    private static ReadOnlySpan<byte> Digits(JsonValue value) =>
        value.Kind == JsonKind.Number ? value.Bytes : value.TryGetText(out Utf8Text text) ? text.Span : default;

    private static long Scale(long number)
    {
        long magnitude = number == long.MinValue ? long.MaxValue : Math.Abs(number);
        return magnitude switch
        {
            < SecondsBelow => number * 1000,
            < MillisecondsBelow => number,
            < MicrosecondsBelow => Floor(number, 1_000),
            _ => Floor(number, 1_000_000),
        };
    }

    private static long Scale(decimal number)
    {
        decimal magnitude = decimal.Abs(number);
        return (long)decimal.Floor(
            magnitude < SecondsBelow ? number * 1000
            : magnitude < MillisecondsBelow ? number
            : magnitude < MicrosecondsBelow ? number / 1_000
            : number / 1_000_000);
    }

    /// <summary>A quotient cut downwards, of negative numbers too.</summary>
    public static long Floor(long number, long by) => Math.DivRem(number, by, out long rest) - (rest < 0 ? 1 : 0);
}

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
