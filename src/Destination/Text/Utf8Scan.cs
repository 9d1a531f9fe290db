using System.Buffers;
using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>Questions about UTF-8 text, answered without decoding it where it is ASCII.</summary>
internal static class Utf8Scan
{
    private static readonly SearchValues<byte> AsciiWhiteSpace = SearchValues.Create("\t\n\v\f\r "u8);

    /// <summary>Whether the text is empty or only white space, as Unicode defines it.</summary>
    public static bool IsBlank(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            Rune.DecodeFromUtf8(text, out Rune rune, out int length);
            if (!Rune.IsWhiteSpace(rune))
            {
                return false;
            }

            text = text[length..];
        }

        return true;
    }

    /// <summary>Whether the text holds any white space, as Unicode defines it.</summary>
    public static bool ContainsWhiteSpace(ReadOnlySpan<byte> text)
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
            if (Rune.IsWhiteSpace(rune))
            {
                return true;
            }

            text = text[length..];
        }

        return false;
    }
}
