using System.Globalization;
using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>
/// Yes and no, as senders write them: <c>true t yes y on 1 1.0</c> and <c>false f no n off 0 0.0</c>, in any case, as text or as JSON, numbers by value.
/// </summary>
internal static class FlagText
{
    /// <summary>Reads a flag; false when the value is none of these.</summary>
    public static bool TryRead(JsonValue value, out bool flag)
    {
        flag = value.Kind == JsonKind.True;
        return value.Kind switch
        {
            JsonKind.True or JsonKind.False => true,
            JsonKind.Number => TryReadNumber(value.Bytes, NumberStyles.Float, out flag),
            JsonKind.String => value.TryGetText(out Utf8Text text) && TryReadText(Utf8Scan.Trim(text).Span, out flag),
            _ => false,
        };
    }

    private static bool TryReadText(ReadOnlySpan<byte> text, out bool flag)
    {
        flag = Is(text, "true"u8) || Is(text, "t"u8) || Is(text, "yes"u8) || Is(text, "y"u8) || Is(text, "on"u8);
        return flag
            || Is(text, "false"u8) || Is(text, "f"u8) || Is(text, "no"u8) || Is(text, "n"u8) || Is(text, "off"u8)
            || (!text.StartsWith("00"u8) && !text.StartsWith("01"u8) && TryReadNumber(text, NumberStyles.AllowDecimalPoint, out flag));
    }

    private static bool TryReadNumber(ReadOnlySpan<byte> digits, NumberStyles style, out bool flag)
    {
        flag = false;
        if (!decimal.TryParse(digits, style, CultureInfo.InvariantCulture, out decimal number) || number is not (0 or 1))
        {
            return false;
        }

        flag = number == 1;
        return true;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);
}
