using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>
/// Times as senders write them: numbers and digit text by magnitude (below 1e11 seconds, below 1e14 milliseconds, below 1e17 microseconds),
/// or ISO 8601 text (UTC when it names no zone). Never through the host's zone.
/// </summary>
internal static class EventTime
{
    private const long SecondsBelow = 100_000_000_000;
    private const long MillisecondsBelow = 100_000_000_000_000;
    private const long MicrosecondsBelow = 100_000_000_000_000_000;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789.-"u8);

    /// <summary>Reads a time as Unix milliseconds, fractions cut downwards.</summary>
    public static bool TryRead(JsonValue value, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        return value.Kind switch
        {
            JsonKind.Number => TryReadNumber(value.Bytes, out unixMilliseconds),
            JsonKind.String => value.TryGetText(out Utf8Text text) && TryReadText(text.Span, out unixMilliseconds),
            _ => false,
        };
    }

    /// <summary>Reads text: digits by magnitude, else ISO 8601.</summary>
    public static bool TryReadText(ReadOnlySpan<byte> text, out long unixMilliseconds) =>
        IsoTime.TryParse(text, out unixMilliseconds)
        || (!text.IsEmpty && !text.ContainsAnyExcept(NumberBytes) && TryReadNumber(text, out unixMilliseconds));

    /// <summary>Unix seconds of Unix milliseconds, cut downwards, before 1970 too.</summary>
    public static long ToSeconds(long unixMilliseconds) => Math.DivRem(unixMilliseconds, 1000, out long rest) - (rest < 0 ? 1 : 0);

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (Utf8Parser.TryParse(digits, out long whole, out int consumed) && consumed == digits.Length)
        {
            return TryScale(whole, out unixMilliseconds);
        }

        return decimal.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            && decimal.Abs(number) < MicrosecondsBelow
            && TryScale(number, out unixMilliseconds);
    }

    private static bool TryScale(long number, out long unixMilliseconds)
    {
        long magnitude = number == long.MinValue ? long.MaxValue : Math.Abs(number);
        unixMilliseconds = magnitude switch
        {
            < SecondsBelow => number * 1000,
            < MillisecondsBelow => number,
            < MicrosecondsBelow => ToSeconds(number),
            _ => 0,
        };
        return magnitude < MicrosecondsBelow;
    }

    private static bool TryScale(decimal number, out long unixMilliseconds)
    {
        decimal magnitude = decimal.Abs(number);
        unixMilliseconds = (long)decimal.Floor(
            magnitude < SecondsBelow ? number * 1000
            : magnitude < MillisecondsBelow ? number
            : number / 1000);
        return true;
    }
}
