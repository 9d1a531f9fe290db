using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>Replaces one value by another.</summary>
internal interface IValueEdit
{
    /// <summary>The new value; false when this one is left as it is.</summary>
    bool TryEdit(EditableValue value, out EditableValue edited);
}

/// <summary>Freshpaint's conversion to text: null and text stay; numbers and booleans become text as written, objects and arrays their JSON.</summary>
internal sealed class ToText : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        bool converts = value.Kind is not (JsonKind.Missing or JsonKind.Null or JsonKind.String);
        edited = converts ? EditableValue.Text(value.ToJson()) : default;
        return converts;
    }
}

/// <summary>Conversion to true or false: <c>"true"</c> and <c>"false"</c> in any case, 1 and 0 as number or text; anything else stays.</summary>
internal sealed class ToBoolean : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        ReadOnlySpan<byte> text = value.TryGetText(out Utf8Text unescaped) ? unescaped.Span : value.Digits;
        bool isTrue = text.SequenceEqual("1"u8) || Ascii.EqualsIgnoreCase(text, "true"u8);
        bool isFalse = text.SequenceEqual("0"u8) || Ascii.EqualsIgnoreCase(text, "false"u8);
        edited = EditableValue.Boolean(isTrue);
        return isTrue || isFalse;
    }
}

/// <summary>
/// Freshpaint's conversion to a number: what is no text stays; text that is a decimal number (<c>-1</c>, <c>24.6</c>) becomes that number, digit by
/// digit; text with anything else in it stays. So does text with leading zeros or a plus, which Freshpaint converts: a ZIP code or a phone number would
/// become another one.
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

    // JSON wants a digit on both sides of the point.
    private static byte[]? Digits(ReadOnlySpan<byte> text)
    {
        bool negative = text.StartsWith("-"u8);
        if (negative)
        {
            text = text[1..];
        }

        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<byte> fraction = point < 0 ? default : text[(point + 1)..];
        bool hasLeadingZeros = whole.Length > 1 && whole[0] == (byte)'0';
        if (whole.Length + fraction.Length == 0 || hasLeadingZeros || !AreDigits(whole) || !AreDigits(fraction))
        {
            return null;
        }

        return [.. negative ? "-"u8 : default, .. whole.IsEmpty ? "0"u8 : whole, .. fraction.IsEmpty ? default : "."u8, .. fraction];
    }

    private static bool AreDigits(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
}

/// <summary>Upper or lower case of text, the same in every country; anything but text stays.</summary>
internal sealed class ChangeCase(bool upper) : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        edited = default;
        if (!value.TryGetText(out Utf8Text text))
        {
            return false;
        }

        string given = text.ToString();
        string changed = upper ? given.ToUpperInvariant() : given.ToLowerInvariant();
        edited = EditableValue.Text(Encoding.UTF8.GetBytes(changed));
        return changed != given;
    }
}

/// <summary>Text without white space, of any kind, and characters without width around it; anything but text stays.</summary>
internal sealed class TrimText : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        edited = default;
        if (!value.TryGetText(out Utf8Text text))
        {
            return false;
        }

        Utf8Text trimmed = Utf8Scan.Trim(text);
        edited = EditableValue.Text(trimmed.Bytes);
        return trimmed.Length != text.Length;
    }
}

/// <summary>
/// A hash in lower-case hexadecimal: HMAC-SHA-256 with a secret, so that nobody can try likely values out, or plain SHA-256, which other systems expect
/// of e-mails. Text is hashed by its UTF-8 bytes as it is, anything else by its JSON; null stays.
/// </summary>
/// <param name="secret">The secret; null for plain SHA-256.</param>
internal sealed class Hash(Secret? secret) : IValueEdit
{
    private readonly byte[]? _key = secret is null ? null : Encoding.UTF8.GetBytes(secret.Reveal());

    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        if (value.Kind is JsonKind.Missing or JsonKind.Null)
        {
            edited = default;
            return false;
        }

        ReadOnlySpan<byte> bytes = value.TryGetText(out Utf8Text text) ? text.Span : value.ToJson();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (_key is null)
        {
            SHA256.HashData(bytes, hash);
        }
        else
        {
            HMACSHA256.HashData(_key, bytes, hash);
        }

        edited = EditableValue.Text(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash)));
        return true;
    }
}
