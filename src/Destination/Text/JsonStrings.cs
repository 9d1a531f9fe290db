using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace CustomerIoDestination.Text;

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

/// <summary>Values that are no part of the event's own JSON: objects that came inside a text, and texts that were cleaned.</summary>
internal static class EmbeddedJson
{
    /// <summary>The JSON object a text holds; missing when it holds anything else.</summary>
    public static JsonValue Object(Utf8Text text)
    {
        ReadOnlyMemory<byte> json = text.Span.StartsWith("\uFEFF"u8) ? text.Bytes[3..] : text.Bytes;

        // Read as long as the event is; left to the garbage collector, because texts that hold objects are rare.
        var table = new JsonTable();
        if (table.TryRead(json) && table.Root.Kind == JsonKind.Object)
        {
            return table.Root;
        }

        table.Dispose();
        return default;
    }

    /// <summary>Whether a text holds a JSON object or array.</summary>
    public static bool Holds(Utf8Text text)
    {
        Utf8Text json = Utf8Scan.Trim(text);
        if (json.IsEmpty || json.Span[0] is not ((byte)'{' or (byte)'['))
        {
            return false;
        }

        using var table = new JsonTable();
        return table.TryRead(json.Bytes);
    }

    /// <summary>A JSON string with this text.</summary>
    public static JsonValue Text(Utf8Text text)
    {
        using var quoted = new ScratchBuffer();
        quoted.WriteString(text.Span);
        var table = new JsonTable();
        table.TryRead(quoted.Written.ToArray());
        return table.Root;
    }
}

/// <summary>
/// The names of an object's members. A name may be repeated (the last one counts, as in every common JSON reader); repeats are found in
/// linear time, so that an object made of thousands of names can't slow anything down.
/// </summary>
internal static class MemberNames
{
    private const int FewMembers = 24;

    /// <summary>A cheap hash of an unescaped name.</summary>
    public static ushort Hash(ReadOnlySpan<byte> name)
    {
        uint hash = (uint)name.Length * 0x9E3779B1u;
        if (name.Length >= 4)
        {
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(name) * 0x85EBCA6Bu;
            hash ^= BinaryPrimitives.ReadUInt32LittleEndian(name[^4..]) * 0xC2B2AE35u;
        }
        else
        {
            foreach (byte b in name)
            {
                hash = (hash ^ b) * 0x01000193u;
            }
        }

        return (ushort)(hash ^ (hash >> 16));
    }

    /// <summary>Marks the members of the object at <paramref name="parent"/> whose names are repeated later.</summary>
    public static void MarkShadowed(JsonTable table, JsonRow[] rows, int parent)
    {
        ulong seen = 0;
        int members = 0;
        int end = rows[parent].End;
        for (int name = parent + 1; name < end; name = rows[name + 1].End)
        {
            if (++members > FewMembers)
            {
                MarkShadowedOfMany(table, rows, parent);
                return;
            }

            ulong bit = 1UL << (rows[name].NameHash & 63);
            if ((seen & bit) != 0)
            {
                MarkEarlier(table, rows, parent, name);
            }

            seen |= bit;
        }
    }

    /// <summary>Whether the name's row spells <paramref name="name"/>.</summary>
    public static bool Is(JsonTable table, int row, ReadOnlySpan<byte> name) =>
        table[row].IsEscaped
            ? table.Text(row, out _).Span.SequenceEqual(name)
            : table.Bytes(row).SequenceEqual(name);

    private static void MarkEarlier(JsonTable table, JsonRow[] rows, int parent, int repeated)
    {
        for (int name = parent + 1; name < repeated; name = rows[name + 1].End)
        {
            if (rows[name].NameHash == rows[repeated].NameHash && Is(table, name, table.Text(repeated, out _).Span))
            {
                rows[name].Flags |= JsonRowFlags.Shadowed;
            }
        }
    }

    private static void MarkShadowedOfMany(JsonTable table, JsonRow[] rows, int parent)
    {
        var last = new Dictionary<Utf8Text, int>();
        int end = rows[parent].End;
        for (int name = parent + 1; name < end; name = rows[name + 1].End)
        {
            Utf8Text text = table.Text(name, out _);
            if (last.TryGetValue(text, out int earlier))
            {
                rows[earlier].Flags |= JsonRowFlags.Shadowed;
            }

            last[text] = name;
        }
    }
}
