using System.Runtime.InteropServices;

namespace CustomerIoDestination.Text;

/// <summary>
/// One value, or one member's name, in a <see cref="JsonTable"/>. An object's row is followed by name and value rows in turn, an array's by
/// its elements'.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct JsonRow
{
    /// <summary>The first byte in the source; of a string, the first inside the quotes.</summary>
    public int Start;

    /// <summary>Bytes in the source; of a string, without the quotes.</summary>
    public int Length;

    /// <summary>The row after the last one of this value: the next sibling's.</summary>
    public int End;

    /// <summary>A hash of a member's name; equal names have equal hashes.</summary>
    public ushort NameHash;

    /// <summary>What it is.</summary>
    public JsonKind Kind;

    /// <summary>See <see cref="JsonRowFlags"/>.</summary>
    public JsonRowFlags Flags;

    /// <summary>Whether it is a string or name with a backslash in it.</summary>
    public readonly bool IsEscaped => (Flags & JsonRowFlags.Escaped) != JsonRowFlags.None;

    /// <summary>Whether it is a name repeated later in its object.</summary>
    public readonly bool IsShadowed => (Flags & JsonRowFlags.Shadowed) != JsonRowFlags.None;
}

/// <summary>What is known of a row beyond its kind.</summary>
[Flags]
internal enum JsonRowFlags : byte
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A string or name with a backslash in it.</summary>
    Escaped = 1,

    /// <summary>A member's name that is repeated later in the object: the last one counts.</summary>
    Shadowed = 2,
}
