using System.Buffers;
using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>
/// Text as well-formed UTF-8 bytes, the form in which Customer.io's limits count and in which it is sent: nothing is decoded that
/// need not be. Lives as long as the memory it looks into.
/// </summary>
/// <param name="Bytes">The bytes.</param>
public readonly record struct Utf8Text(ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The text of a string.</summary>
    public static Utf8Text Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>How many bytes of UTF-8 it has.</summary>
    public int Length => Bytes.Length;

    /// <summary>Whether it has no byte at all.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>Whether it is empty or only white space.</summary>
    public bool IsBlank => Utf8Scan.IsBlank(Bytes.Span);

    /// <summary>Equal when the bytes are.</summary>
    public bool Equals(Utf8Text other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>The text as a string.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Bytes.Span);
}

/// <summary>Questions about UTF-8 text, answered without decoding it where it is ASCII.</summary>
internal static class Utf8Scan
{
    private static readonly SearchValues<byte> AsciiWhiteSpace = SearchValues.Create("\t\n\v\f\r "u8);

    private static readonly SearchValues<byte> OtherWhiteSpace = SearchValues.Create("\t\n\v\f\r"u8);

    /// <summary>Whether the text is empty or holds nothing that can be seen: white space as Unicode defines it, and characters without width.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            if (!IsUnseen(rune))
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    /// <summary>Whether the text holds any white space, as Unicode defines it, or a character without width.</summary>
    public static bool ContainsUnseen(ReadOnlySpan<byte> text)
    {
        if (text.ContainsAny(AsciiWhiteSpace))
        {
            return true;
        }

        if (Ascii.IsValid(text))
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            if (IsUnseen(rune))
            {
                return true;
            }

            text = text[length..];
        }

        return false;
    }

    /// <summary>The text without white space and characters without width around it; what is inside stays.</summary>
    public static Utf8Text Trim(Utf8Text text)
    {
        ReadOnlySpan<byte> span = text.Span;
        if (span.IsEmpty || (IsPlain(span[0]) && IsPlain(span[^1])))
        {
            return text;
        }

        int start = 0;
        while (start < span.Length && Rune.DecodeFromUtf8(span[start..], out Rune first, out int length) == OperationStatus.Done && IsUnseen(first))
        {
            start += length;
        }

        int end = span.Length;
        while (end > start && Rune.DecodeLastFromUtf8(span[start..end], out Rune last, out int length) == OperationStatus.Done && IsUnseen(last))
        {
            end -= length;
        }

        return new Utf8Text(text.Bytes[start..end]);
    }

    /// <summary>
    /// The form in which names are compared: without what <see cref="Trim"/> takes off, and with one space for each run of white space inside.
    /// </summary>
    public static Utf8Text Compared(Utf8Text text)
    {
        text = Trim(text);
        ReadOnlySpan<byte> span = text.Span;
        if (span.IndexOf("  "u8) < 0 && span.IndexOfAny(OtherWhiteSpace) < 0 && Ascii.IsValid(span))
        {
            return text;
        }

        byte[] compared = new byte[span.Length];
        int length = 0;
        bool inRun = false;
        while (!span.IsEmpty)
        {
            Rune.DecodeFromUtf8(span, out Rune rune, out int consumed);
            bool isWhiteSpace = Rune.IsWhiteSpace(rune);
            if (isWhiteSpace && !inRun)
            {
                compared[length++] = (byte)' ';
            }
            else if (!isWhiteSpace)
            {
                span[..consumed].CopyTo(compared.AsSpan(length));
                length += consumed;
            }

            inRun = isWhiteSpace;
            span = span[consumed..];
        }

        return new Utf8Text(compared.AsMemory(0, length));
    }

    /// <summary>Whether nothing of a character can be seen: white space, or a character without width that pages and spreadsheets leave in copied text.</summary>
    public static bool IsUnseen(Rune rune) => Rune.IsWhiteSpace(rune) || IsWithoutWidth(rune);

    /// <summary>Whether a character has no width: soft hyphen, zero-width space and joiners, direction marks, byte order mark.</summary>
    public static bool IsWithoutWidth(Rune rune) =>
        rune.Value is 0x00AD or 0x180E or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) or (>= 0x2060 and <= 0x206F) or 0xFEFF;

    private static bool IsPlain(byte b) => b is > 0x20 and < 0x7F;
}
