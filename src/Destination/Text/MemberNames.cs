using System.Buffers.Binary;

namespace CustomerIoDestination.Text;

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
