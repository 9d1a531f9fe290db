using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace CustomerIoDestination.Text;

/// <summary>
/// Writes JSON the way it is measured and sent: no white space, only the escapes JSON requires, numbers digit by digit as the sender wrote
/// them. <c>Utf8JsonWriter</c> escapes more than that and would change the sizes Customer.io's limits count.
/// </summary>
internal static class JsonOutput
{
    private const string HexDigits = "0123456789abcdef";

    /// <summary>Writes a value; strings with lone surrogates get U+FFFD in their place.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="value">The value; not a missing one.</param>
    /// <param name="datesAsSeconds">
    /// Whether dates, however deep, become Unix seconds, the only form Customer.io's date conditions understand: the texts of <see cref="TimeText"/> and the
    /// objects of document databases. Before 1970 they stay as they are, and digits stay digits.
    /// </param>
    /// <returns>Whether a lone surrogate was replaced.</returns>
    public static bool WriteValue(this ScratchBuffer output, JsonValue value, bool datesAsSeconds = false)
    {
        switch (value.Kind)
        {
            case JsonKind.String when datesAsSeconds && TryReadDate(value, out long seconds):
                output.WriteNumber(seconds);
                return false;
            case JsonKind.String when !value.IsEscaped:
                WriteQuoted(output, value.Bytes);
                return false;
            case JsonKind.String:
                value.TryGetText(out Utf8Text text, out bool replaced);
                output.WriteString(text.Span);
                return replaced;
            case JsonKind.Object when datesAsSeconds && UnixTime.TryReadObject(value, out long milliseconds) && milliseconds >= 0:
                output.WriteNumber(milliseconds / 1000);
                return false;
            case JsonKind.Object:
                return WriteObject(output, value, datesAsSeconds);
            case JsonKind.Array:
                return WriteArray(output, value, datesAsSeconds);
            case JsonKind.Missing:
                throw new UnreachableException("A missing value has no JSON form.");
            default:
                output.Write(value.Bytes);
                return false;
        }
    }

    /// <summary>Writes text as a JSON string.</summary>
    public static void WriteString(this ScratchBuffer output, ReadOnlySpan<byte> text)
    {
        int escape = text.IndexOfAny(JsonEscapes.MustEscape);
        if (escape < 0)
        {
            WriteQuoted(output, text);
            return;
        }

        output.WriteByte((byte)'"');
        while (escape >= 0)
        {
            output.Write(text[..escape]);
            WriteEscape(output, text[escape]);
            text = text[(escape + 1)..];
            escape = text.IndexOfAny(JsonEscapes.MustEscape);
        }

        output.Write(text);
        output.WriteByte((byte)'"');
    }

    /// <summary>Writes <c>"name":</c>, with a comma before it unless it is the first member.</summary>
    public static void WriteName(this ScratchBuffer output, ReadOnlySpan<byte> name, ref bool first)
    {
        if (!first)
        {
            output.WriteByte((byte)',');
        }

        first = false;
        output.WriteString(name);
        output.WriteByte((byte)':');
    }

    /// <summary>Writes an integer.</summary>
    public static void WriteNumber(this ScratchBuffer output, long number)
    {
        Utf8Formatter.TryFormat(number, output.GetSpan(20), out int written);
        output.Advance(written);
    }

    /// <summary>Writes text that is known to be ASCII and to need no escapes, without quotes.</summary>
    public static void WriteAscii(this ScratchBuffer output, string text) =>
        output.Advance(System.Text.Encoding.ASCII.GetBytes(text, output.GetSpan(text.Length)));

    /// <summary>Writes <c>true</c> or <c>false</c>.</summary>
    public static void WriteBoolean(this ScratchBuffer output, bool value) => output.Write(value ? "true"u8 : "false"u8);

    private static bool TryReadDate(JsonValue value, out long seconds)
    {
        bool isDate = value.TryGetText(out Utf8Text text) & TimeText.TryParse(text, out long milliseconds) && milliseconds >= 0;
        seconds = milliseconds / 1000;
        return isDate;
    }

    private static void WriteQuoted(ScratchBuffer output, ReadOnlySpan<byte> raw)
    {
        Span<byte> span = output.GetSpan(raw.Length + 2);
        span[0] = (byte)'"';
        raw.CopyTo(span[1..]);
        span[raw.Length + 1] = (byte)'"';
        output.Advance(raw.Length + 2);
    }

    private static bool WriteObject(ScratchBuffer output, JsonValue value, bool datesAsSeconds)
    {
        bool first = true;
        bool replaced = false;
        output.WriteByte((byte)'{');
        foreach (JsonMember member in value.Members)
        {
            output.WriteName(member.Name.Span, ref first);
            replaced |= output.WriteValue(member.Value, datesAsSeconds);
        }

        output.WriteByte((byte)'}');
        return replaced;
    }

    private static bool WriteArray(ScratchBuffer output, JsonValue value, bool datesAsSeconds)
    {
        bool first = true;
        bool replaced = false;
        output.WriteByte((byte)'[');
        foreach (JsonValue element in value.Elements)
        {
            if (!first)
            {
                output.WriteByte((byte)',');
            }

            first = false;
            replaced |= output.WriteValue(element, datesAsSeconds);
        }

        output.WriteByte((byte)']');
        return replaced;
    }

    private static void WriteEscape(ScratchBuffer output, byte value)
    {
        ReadOnlySpan<byte> shorthand = value switch
        {
            (byte)'"' => "\\\""u8,
            (byte)'\\' => "\\\\"u8,
            (byte)'\b' => "\\b"u8,
            (byte)'\f' => "\\f"u8,
            (byte)'\n' => "\\n"u8,
            (byte)'\r' => "\\r"u8,
            (byte)'\t' => "\\t"u8,
            _ => default,
        };
        if (!shorthand.IsEmpty)
        {
            output.Write(shorthand);
            return;
        }

        output.Write("\\u00"u8);
        output.WriteByte((byte)HexDigits[value >> 4]);
        output.WriteByte((byte)HexDigits[value & 15]);
    }
}

/// <summary>Escapes in JSON strings: read as the sender wrote them, written as few as JSON allows.</summary>
internal static class JsonEscapes
{
    /// <summary>The bytes a JSON string can't hold as they are: control characters, the quote, the backslash.</summary>
    public static SearchValues<byte> MustEscape { get; } = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>Decodes the content of a JSON string that a JSON reader found valid.</summary>
    /// <param name="raw">The bytes between the quotes.</param>
    /// <param name="replacedSurrogate">Whether a lone surrogate was replaced by U+FFFD: UTF-8 can't hold one.</param>
    public static byte[] Unescape(ReadOnlySpan<byte> raw, out bool replacedSurrogate)
    {
        replacedSurrogate = false;
        byte[] buffer = new byte[raw.Length];
        int length = 0;
        while (!raw.IsEmpty)
        {
            int plain = raw.IndexOf((byte)'\\');
            if (plain != 0)
            {
                ReadOnlySpan<byte> run = plain < 0 ? raw : raw[..plain];
                run.CopyTo(buffer.AsSpan(length));
                length += run.Length;
                raw = raw[run.Length..];
                continue;
            }

            raw = raw[1..];
            if (raw[0] != (byte)'u')
            {
                buffer[length++] = Simple(raw[0]);
                raw = raw[1..];
                continue;
            }

            Rune rune = ReadRune(ref raw, out bool replaced);
            replacedSurrogate |= replaced;
            length += rune.EncodeToUtf8(buffer.AsSpan(length));
        }

        return buffer.AsSpan(0, length).ToArray();
    }

    private static Rune ReadRune(ref ReadOnlySpan<byte> raw, out bool replaced)
    {
        char first = Hex(raw[1..5]);
        raw = raw[5..];
        replaced = false;
        if (!char.IsSurrogate(first))
        {
            return new Rune(first);
        }

        if (char.IsHighSurrogate(first) && raw.Length >= 6 && raw[0] == (byte)'\\' && raw[1] == (byte)'u')
        {
            char second = Hex(raw[2..6]);
            if (char.IsLowSurrogate(second))
            {
                raw = raw[6..];
                return new Rune(first, second);
            }
        }

        replaced = true;
        return Rune.ReplacementChar;
    }

    private static char Hex(ReadOnlySpan<byte> digits) =>
        (char)ushort.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        _ => escape,
    };
}

/// <summary>Arrays in JSON that is written by hand.</summary>
public static class JsonArrays
{
    /// <summary>Writes a member that is an array of objects.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="name">The member's name.</param>
    /// <param name="items">An object each.</param>
    /// <param name="writeMembers">Writes the members of one.</param>
    public static void WriteObjects<T>(this Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> writeMembers)
    {
        writer.WritePropertyName(name);
        writer.WriteObjects(items, writeMembers);
    }

    /// <summary>Writes an array of objects.</summary>
    public static void WriteObjects<T>(this Utf8JsonWriter writer, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> writeMembers)
    {
        writer.WriteStartArray();
        for (int index = 0; index < items.Count; index++)
        {
            writer.WriteStartObject();
            writeMembers(writer, items[index]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
