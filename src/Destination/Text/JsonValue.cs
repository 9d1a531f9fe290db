using System.Buffers.Binary;
using System.Text;

namespace CustomerIoDestination.Text;

/// <summary>A value in a <see cref="JsonTable"/>; the default is a missing one. Questions never throw: they answer with "missing" or false.</summary>
internal readonly struct JsonValue(JsonTable? table, int index)
{
    /// <summary>What it is.</summary>
    public JsonKind Kind => table is null ? JsonKind.Missing : table[index].Kind;

    /// <summary>Whether it is there at all.</summary>
    public bool IsPresent => table is not null;

    /// <summary>The bytes in the source; strings without their quotes, escapes as written.</summary>
    public ReadOnlySpan<byte> Bytes => table is null ? default : table.Bytes(index);

    /// <summary>The same bytes as <see cref="Bytes"/>, to be kept as long as the source.</summary>
    public ReadOnlyMemory<byte> Memory => table is null ? default : table.Source.Slice(table[index].Start, table[index].Length);

    /// <summary>Whether it is a string written with a backslash.</summary>
    public bool IsEscaped => table is not null && table[index].IsEscaped;

    /// <summary>Whether any member's name in the JSON it is part of holds a lone surrogate.</summary>
    public bool IsAmongHalfNames => table is { HoldsHalfName: true };

    /// <summary>The members of an object, without those repeated later; none for any other value.</summary>
    public JsonMembers Members => new(Kind == JsonKind.Object ? table : null, index, all: false);

    /// <summary>The members of an object, repeated names included; none for any other value.</summary>
    public JsonMembers AllMembers => new(Kind == JsonKind.Object ? table : null, index, all: true);

    /// <summary>The elements of an array; none for any other value.</summary>
    public JsonElements Elements => new(Kind == JsonKind.Array ? table : null, index);

    /// <summary>Whether it is an object with anything in it.</summary>
    public bool HasMembers => Members.GetEnumerator().MoveNext();

    /// <summary>Whether it is an array with anything in it.</summary>
    public bool HasElements => Elements.GetEnumerator().MoveNext();

    /// <summary>The member of that name; missing when this is no object or has none.</summary>
    public JsonValue this[ReadOnlySpan<byte> name]
    {
        get
        {
            ushort hash = MemberNames.Hash(name);
            foreach (JsonMember member in Members)
            {
                if (member.Hash == hash && member.NameIs(name))
                {
                    return member.Value;
                }
            }

            return default;
        }
    }

    /// <summary>The text of a string, unescaped; false for any other value.</summary>
    public bool TryGetText(out Utf8Text text) => TryGetText(out text, out _);

    /// <summary>The text of a string, unescaped; false for any other value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="replacedSurrogate">Whether a lone surrogate in it was replaced by U+FFFD.</param>
    public bool TryGetText(out Utf8Text text, out bool replacedSurrogate)
    {
        if (Kind != JsonKind.String)
        {
            text = default;
            replacedSurrogate = false;
            return false;
        }

        text = table!.Text(index, out replacedSurrogate);
        return true;
    }

    /// <summary>Whether it is a string with exactly this text.</summary>
    public bool Is(ReadOnlySpan<byte> text) =>
        Kind == JsonKind.String && (IsEscaped ? table!.Text(index, out _).Span.SequenceEqual(text) : Bytes.SequenceEqual(text));

    /// <summary>The value as written, for debuggers.</summary>
    public override string ToString() => Kind == JsonKind.Missing ? "(missing)" : Encoding.UTF8.GetString(Bytes);
}

/// <summary>What a JSON value is. <see cref="Missing"/> stands for a value that is not there at all.</summary>
public enum JsonKind : byte
{
    /// <summary>Not there.</summary>
    Missing,

    /// <summary><c>null</c>.</summary>
    Null,

    /// <summary><c>false</c>.</summary>
    False,

    /// <summary><c>true</c>.</summary>
    True,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A string.</summary>
    String,

    /// <summary>An object.</summary>
    Object,

    /// <summary>An array.</summary>
    Array,
}

/// <summary>Words for <see cref="JsonKind"/> in messages.</summary>
internal static class JsonKindWords
{
    /// <summary>The kind with its article, for instance <c>an object</c>.</summary>
    public static string WithArticle(this JsonKind kind) => kind switch
    {
        JsonKind.Missing => "missing",
        JsonKind.Null => "null",
        JsonKind.False or JsonKind.True => "a boolean",
        JsonKind.Number => "a number",
        JsonKind.String => "a text",
        JsonKind.Object => "an object",
        _ => "an array",
    };
}

/// <summary>A member of an object.</summary>
internal readonly struct JsonMember(JsonTable table, int nameRow)
{
    /// <summary>The hash of its name.</summary>
    public ushort Hash => table[nameRow].NameHash;

    /// <summary>Its value.</summary>
    public JsonValue Value => new(table, nameRow + 1);

    /// <summary>Its name, unescaped.</summary>
    public Utf8Text Name => table.Text(nameRow, out _);

    /// <summary>Whether the name is this one.</summary>
    public bool NameIs(ReadOnlySpan<byte> name) => MemberNames.Is(table, nameRow, name);
}

/// <summary>The members of an object, for <c>foreach</c>; a name repeated later is left out, so that the last one counts, unless all are asked for.</summary>
internal readonly struct JsonMembers(JsonTable? table, int row, bool all)
{
    /// <summary>For <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(table, row, all);

    /// <summary>Walks the members.</summary>
    internal struct Enumerator(JsonTable? table, int row, bool all)
    {
        private readonly int _end = table is null ? 0 : table[row].End;
        private int _next = table is null ? 0 : row + 1;
        private int _name;

        /// <summary>The member.</summary>
        public readonly JsonMember Current => new(table!, _name);

        /// <summary>Goes to the next member.</summary>
        public bool MoveNext()
        {
            while (_next < _end)
            {
                _name = _next;
                _next = table![_name + 1].End;
                if (all || !table[_name].IsShadowed)
                {
                    return true;
                }
            }

            return false;
        }
    }
}

/// <summary>The elements of an array, for <c>foreach</c>.</summary>
internal readonly struct JsonElements(JsonTable? table, int row)
{
    /// <summary>For <c>foreach</c>.</summary>
    public Enumerator GetEnumerator() => new(table, row);

    /// <summary>Walks the elements.</summary>
    internal struct Enumerator(JsonTable? table, int row)
    {
        private readonly int _end = table is null ? 0 : table[row].End;
        private int _next = table is null ? 0 : row + 1;
        private int _element;

        /// <summary>The element.</summary>
        public readonly JsonValue Current => new(table, _element);

        /// <summary>Goes to the next element.</summary>
        public bool MoveNext()
        {
            if (_next >= _end)
            {
                return false;
            }

            _element = _next;
            _next = table![_element].End;
            return true;
        }
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
