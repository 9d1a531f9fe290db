using System.Buffers.Text;
using System.Diagnostics;

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

/// <summary>
/// One form for all spellings of the same JSON: members sorted by name (repeated names all, in their order), numbers as written, strings
/// unescaped, no white space. The same event has the same one however its sender's serialiser arranged it.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Writes the canonical form of a value.</summary>
    public static void Write(ScratchBuffer output, JsonValue value)
    {
        switch (value.Kind)
        {
            case JsonKind.Object:
                WriteObject(output, value);
                break;
            case JsonKind.Array:
                WriteArray(output, value);
                break;
            default:
                output.WriteValue(value);
                break;
        }
    }

    private static void WriteObject(ScratchBuffer output, JsonValue value)
    {
        var members = new List<JsonMember>();
        foreach (JsonMember member in value.AllMembers)
        {
            members.Add(member);
        }

        bool first = true;
        output.WriteByte((byte)'{');

        // OrderBy is stable: repeated names stay in their order.
        foreach (JsonMember member in members.OrderBy(member => member.Name, ByBytes.Instance))
        {
            output.WriteName(member.Name.Span, ref first);
            Write(output, member.Value);
        }

        output.WriteByte((byte)'}');
    }

    private static void WriteArray(ScratchBuffer output, JsonValue value)
    {
        bool first = true;
        output.WriteByte((byte)'[');
        foreach (JsonValue element in value.Elements)
        {
            if (!first)
            {
                output.WriteByte((byte)',');
            }

            first = false;
            Write(output, element);
        }

        output.WriteByte((byte)']');
    }

    private sealed class ByBytes : IComparer<Utf8Text>
    {
        public static ByBytes Instance { get; } = new();

        public int Compare(Utf8Text x, Utf8Text y) => x.Span.SequenceCompareTo(y.Span);
    }
}
