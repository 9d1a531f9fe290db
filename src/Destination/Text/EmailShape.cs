using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>
/// What counts as an e-mail address: one <c>@</c>, something before it, a dot inside the domain and none at its end, no white space, no character
/// without width.
/// </summary>
public static class EmailShape
{
    /// <summary>Whether the UTF-8 text has the shape of an e-mail address.</summary>
    public static bool Matches(ReadOnlySpan<byte> text)
    {
        int at = text.IndexOf((byte)'@');
        if (at <= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> domain = text[(at + 1)..];
        if (domain.Length < 3 || domain[^1] == (byte)'.' || domain.Contains((byte)'@') || Utf8Scan.ContainsUnseen(text))
        {
            return false;
        }

        return domain[1..^1].Contains((byte)'.');
    }
}

/// <summary>What came of reading an e-mail address.</summary>
internal enum EmailReading
{
    /// <summary>There is none: not there, or null.</summary>
    None,

    /// <summary>It is one, as given.</summary>
    AsGiven,

    /// <summary>It is one after what mail programs and spreadsheets put around it was taken off.</summary>
    Cleaned,

    /// <summary>It is a text that is no e-mail address.</summary>
    Unusual,

    /// <summary>It is blank, or no text at all.</summary>
    Unreadable,
}

/// <summary>Reads e-mail addresses as senders write them.</summary>
internal static class EmailText
{
    private const int MostWraps = 3;

    /// <summary>Reads an e-mail address: white space around it, characters without width, <c>mailto:</c> and <c>Name &lt;…&gt;</c> do not count.</summary>
    /// <param name="value">The value.</param>
    /// <param name="address">The address; empty when it is none.</param>
    public static EmailReading Read(JsonValue value, out Utf8Text address)
    {
        address = default;
        if (value.Kind is JsonKind.Missing or JsonKind.Null)
        {
            return EmailReading.None;
        }

        if (!value.TryGetText(out Utf8Text text, out bool replacedSurrogate))
        {
            return EmailReading.Unreadable;
        }

        return replacedSurrogate ? EmailReading.Unusual : Read(text, out address);
    }

    /// <summary>What an e-mail address is that was <see cref="EmailReading.Unreadable"/>.</summary>
    public static string WhyUnreadable(JsonValue value) => value.Kind == JsonKind.String ? "blank" : value.Kind.WithArticle();

    /// <summary>Reads an e-mail address in a text.</summary>
    public static EmailReading Read(Utf8Text text, out Utf8Text address)
    {
        address = text;
        if (EmailShape.Matches(text.Span) && text.Span.IndexOfAny("<>:"u8) < 0)
        {
            return EmailReading.AsGiven;
        }

        if (text.IsBlank)
        {
            address = default;
            return EmailReading.Unreadable;
        }

        address = Clean(text);
        if (EmailShape.Matches(address.Span))
        {
            return address.Equals(text) ? EmailReading.AsGiven : EmailReading.Cleaned;
        }

        address = default;
        return EmailReading.Unusual;
    }

    /// <summary>The address a value tells, cleaned; null when it tells none.</summary>
    public static Utf8Text? AddressIn(JsonValue value) => Read(value, out Utf8Text address) is EmailReading.AsGiven or EmailReading.Cleaned ? address : null;

    /// <summary>
    /// The key by which an e-mail address keeps its order: composed (NFC) and in lower case, because Customer.io compares addresses without case.
    /// </summary>
    public static byte[] OrderKey(Utf8Text address)
    {
        if (!Ascii.IsValid(address.Span))
        {
            return Encoding.UTF8.GetBytes(Composition.Compose(address.ToString()).ToLowerInvariant());
        }

        byte[] key = new byte[address.Length];
        Ascii.ToLower(address.Span, key, out _);
        return key;
    }

    private static Utf8Text Clean(Utf8Text text)
    {
        text = Utf8Scan.Trim(WithoutWidthless(text));
        for (int i = 0; i < MostWraps; i++)
        {
            ReadOnlySpan<byte> span = text.Span;
            int open = span.LastIndexOf((byte)'<');
            if (open >= 0 && span[^1] == (byte)'>')
            {
                var inside = Utf8Scan.Trim(new Utf8Text(text.Bytes[(open + 1)..^1]));

                // More than one address, or a name that is another one: nobody can say which is meant.
                if (inside.Span.Contains((byte)'>') || (span[..open].Contains((byte)'@') && span[..open].IndexOf(inside.Span) < 0))
                {
                    return text;
                }

                text = inside;
            }
            else if (span.Length > 7 && Ascii.EqualsIgnoreCase(span[..7], "mailto:"u8))
            {
                int query = span.IndexOf((byte)'?');
                text = Utf8Scan.Trim(new Utf8Text(query < 0 ? text.Bytes[7..] : text.Bytes[7..query]));
            }
        }

        return text;
    }

    private static Utf8Text WithoutWidthless(Utf8Text text)
    {
        if (Ascii.IsValid(text.Span))
        {
            return text;
        }

        byte[] left = new byte[text.Length];
        int length = 0;
        foreach (Rune rune in text.ToString().EnumerateRunes())
        {
            length += Utf8Scan.IsWithoutWidth(rune) ? 0 : rune.EncodeToUtf8(left.AsSpan(length));
        }

        return new Utf8Text(left.AsMemory(0, length));
    }
}
