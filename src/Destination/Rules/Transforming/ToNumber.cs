using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// Freshpaint's conversion to a number: what is no text stays; text that is a decimal number (<c>-1</c>, <c>24.6</c>) becomes that number, digit by
/// digit; text with anything else in it stays.
/// </summary>
internal sealed class ToNumber : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        byte[]? digits = value.TryGetText(out Utf8Text text) ? Digits(text.Span) : null;
        edited = digits is null ? default : EditableValue.Number(digits);
        return digits is not null;
    }

    // JSON has no leading plus, no leading zeros, and wants a digit on both sides of the point.
    private static byte[]? Digits(ReadOnlySpan<byte> text)
    {
        bool negative = text.StartsWith("-"u8);
        if (negative || text.StartsWith("+"u8))
        {
            text = text[1..];
        }

        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<byte> fraction = point < 0 ? default : text[(point + 1)..];
        if (whole.Length + fraction.Length == 0 || !AreDigits(whole) || !AreDigits(fraction))
        {
            return null;
        }

        whole = whole.TrimStart((byte)'0');
        return [.. negative ? "-"u8 : default, .. whole.IsEmpty ? "0"u8 : whole, .. fraction.IsEmpty ? default : "."u8, .. fraction];
    }

    private static bool AreDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}
