using System.Buffers;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>
/// Times as senders write them: numbers and number text by magnitude (<see cref="UnixTime"/>), a day of eight digits, the texts of <see cref="TimeText"/>, and
/// the two objects of document databases. Never through the host's zone.
/// </summary>
internal static class EventTime
{
    private const long Year1900 = -2_208_988_800_000;
    private const long Year2101 = 4_133_980_800_000;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789.-"u8);

    /// <summary>Reads a time as Unix milliseconds, fractions cut downwards.</summary>
    public static bool TryRead(JsonValue value, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        return value.Kind switch
        {
            JsonKind.Number => UnixTime.TryReadNumber(value.Bytes, out unixMilliseconds),
            JsonKind.String => value.TryGetText(out Utf8Text text) && TryReadText(text, out unixMilliseconds),
            JsonKind.Object => UnixTime.TryReadObject(value, out unixMilliseconds),
            _ => false,
        };
    }

    /// <summary>Unix seconds of Unix milliseconds, cut downwards, before 1970 too.</summary>
    public static long ToSeconds(long unixMilliseconds) => UnixTime.Floor(unixMilliseconds, 1000);

    private static bool TryReadText(Utf8Text text, out long unixMilliseconds)
    {
        if (TimeText.TryParse(text, out unixMilliseconds))
        {
            return true;
        }

        ReadOnlySpan<byte> digits = Utf8Scan.Trim(text).Span;
        if (IsoTime.TryParseDay(digits, out unixMilliseconds) && unixMilliseconds is >= Year1900 and < Year2101)
        {
            return true;
        }

        return !digits.IsEmpty && !digits.ContainsAnyExcept(NumberBytes) && UnixTime.TryReadNumber(digits, out unixMilliseconds);
    }
}
