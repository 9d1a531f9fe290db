using System.Globalization;
using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>
/// The one harmless form of names that senders give to events, properties and attributes, for messages, logs and screens. A name is no value, but careless
/// senders put values into names.
/// </summary>
public static class FieldName
{
    private const int MaxShown = 120;
    private const int LongNumber = 7;

    /// <summary>The path of a property for messages, for instance <c>traits.plan</c>.</summary>
    public static string Of(string set, Utf8Text name) => $"{set}.{Harmless(name)}";

    /// <summary>See <see cref="Harmless(string)"/>.</summary>
    public static string Harmless(Utf8Text name) => Harmless(name.ToString());

    /// <summary>
    /// The name as it may be shown: control characters and direction marks as <c>\u001B</c>; what looks like an e-mail address, a phone number or
    /// another number of 7 digits and more only by its length; cut after 120 bytes.
    /// </summary>
    public static string Harmless(string name)
    {
        if (HoldsEmail(name) || HoldsLongNumber(name))
        {
            return string.Create(CultureInfo.InvariantCulture, $"(name of {Encoding.UTF8.GetByteCount(name)} bytes)");
        }

        return Visible(name, MaxShown, IsHarmful);
    }

    /// <summary>
    /// Any text as it may be put on a terminal or a page: control characters and direction marks, which would turn or hide what stands around them, as
    /// <c>\u202E</c>; line ends and tabs as they are.
    /// </summary>
    public static string Visible(string text) => Visible(text, int.MaxValue, static rune => rune.Value is not ('\n' or '\r' or '\t') && IsHarmful(rune));

    private static string Visible(string text, int maxBytes, Func<Rune, bool> isHarmful)
    {
        StringBuilder? shown = null;
        int bytes = 0;
        int position = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes)
            {
                return (shown?.ToString() ?? text[..position]) + "…";
            }

            bool harmful = isHarmful(rune);
            bool isHalf = rune == Rune.ReplacementChar && text[position] != '\uFFFD';
            if (shown is null && (isHalf || harmful))
            {
                shown = new StringBuilder(text, 0, position, text.Length + 16);
            }

            shown?.Append(harmful ? string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}") : rune.ToString());

            position += rune.Utf16SequenceLength;
        }

        return shown?.ToString() ?? text;
    }

    private static bool HoldsEmail(string name)
    {
        int at = name.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && name.IndexOf('.', at) > at + 1;
    }

    // Digits count on over what people put between them: "+1 (555) 867-5309".
    private static bool HoldsLongNumber(string name)
    {
        int digits = 0;
        foreach (char c in name)
        {
            digits = char.IsDigit(c) ? digits + 1 : c is ' ' or '-' or '.' or '(' or ')' or '/' or '+' ? digits : 0;
            if (digits >= LongNumber)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsHarmful(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
