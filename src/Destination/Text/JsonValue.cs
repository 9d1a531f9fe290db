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

    /// <summary>The members of an object, without those repeated later; none for any other value.</summary>
    public JsonMembers Members => new(Kind == JsonKind.Object ? table : null, index, all: false);

    /// <summary>The members of an object, repeated names included; none for any other value.</summary>
    public JsonMembers AllMembers => new(Kind == JsonKind.Object ? table : null, index, all: true);

    /// <summary>The elements of an array; none for any other value.</summary>
    public JsonElements Elements => new(Kind == JsonKind.Array ? table : null, index);

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
