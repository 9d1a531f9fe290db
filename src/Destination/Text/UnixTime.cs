using System.Buffers.Text;
using System.Globalization;

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
