using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace CustomerIoDestination.Text;

/// <summary>
/// One JSON value read in a single pass into a flat table of rows over its own bytes: nothing is decoded or copied until somebody asks.
/// The table's memory is pooled and reused, which is what <c>JsonDocument</c> can't do across documents.
/// </summary>
/// <param name="maxDepth">How deep the value may nest.</param>
internal sealed class JsonTable(int maxDepth = JsonTable.MaxDepth) : IDisposable
{
    /// <summary>How deep an event may nest.</summary>
    public const int MaxDepth = 32;

    private const int InitialRows = 128;
    private const int MaxKeptRows = 4 * 1024;

    private readonly int[] _parents = new int[maxDepth + 1];
    private JsonRow[] _rows = [];
    private int _count;

    /// <summary>The bytes the table looks into.</summary>
    public ReadOnlyMemory<byte> Source { get; private set; }

    /// <summary>Whether any member's name holds a lone surrogate, which is read as U+FFFD: UTF-8 can't hold one.</summary>
    public bool HoldsHalfName { get; private set; }

    /// <summary>The value.</summary>
    public JsonValue Root => new(this, 0);

    /// <summary>A row.</summary>
    public ref readonly JsonRow this[int index] => ref _rows[index];

    /// <summary>Reads a value; false when the bytes are no JSON value, nest too deep, or are no UTF-8.</summary>
    /// <param name="source">The bytes; they must not change while the table is in use.</param>
    public bool TryRead(ReadOnlyMemory<byte> source)
    {
        Source = source;
        HoldsHalfName = false;
        _count = 0;
        if (_rows.Length == 0)
        {
            _rows = ArrayPool<JsonRow>.Shared.Rent(InitialRows);
        }

        if (!System.Text.Unicode.Utf8.IsValid(source.Span))
        {
            return false;
        }

        try
        {
            return Read(source.Span);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The bytes of a row, strings without their quotes.</summary>
    public ReadOnlySpan<byte> Bytes(int index)
    {
        ref readonly JsonRow row = ref _rows[index];
        return Source.Span.Slice(row.Start, row.Length);
    }

    /// <summary>The text of a string's or name's row, unescaped.</summary>
    public Utf8Text Text(int index, out bool replacedSurrogate)
    {
        ref readonly JsonRow row = ref _rows[index];
        replacedSurrogate = false;
        ReadOnlyMemory<byte> raw = Source.Slice(row.Start, row.Length);
        return new Utf8Text(row.IsEscaped ? JsonEscapes.Unescape(raw.Span, out replacedSurrogate) : raw);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        if (_rows.Length > 0)
        {
            ArrayPool<JsonRow>.Shared.Return(_rows);
            _rows = [];
        }

        Source = default;
        _count = 0;
    }

    /// <summary>Forgets the value; keeps the memory unless it grew large.</summary>
    public void Reset()
    {
        Source = default;
        _count = 0;
        if (_rows.Length > MaxKeptRows)
        {
            Dispose();
        }
    }

    private bool Read(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source, new JsonReaderOptions { MaxDepth = maxDepth });
        int depth = 0;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject:
                case JsonTokenType.StartArray:
                    _parents[depth++] = _count;
                    Add((int)reader.TokenStartIndex, 1, reader.TokenType == JsonTokenType.StartObject ? JsonKind.Object : JsonKind.Array, JsonRowFlags.None);
                    break;
                case JsonTokenType.EndObject:
                    depth--;
                    Close(_parents[depth], (int)reader.BytesConsumed);
                    MemberNames.MarkShadowed(this, _rows, _parents[depth]);
                    break;
                case JsonTokenType.EndArray:
                    depth--;
                    Close(_parents[depth], (int)reader.BytesConsumed);
                    break;
                case JsonTokenType.PropertyName:
                case JsonTokenType.String:
                    AddString(ref reader);
                    break;
                default:
                    Add((int)reader.TokenStartIndex, reader.ValueSpan.Length, ScalarKind(reader.TokenType), JsonRowFlags.None);
                    break;
            }
        }

        return _count > 0;
    }

    private void AddString(ref Utf8JsonReader reader)
    {
        JsonRowFlags flags = reader.ValueIsEscaped ? JsonRowFlags.Escaped : JsonRowFlags.None;
        int index = _count;
        Add((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, JsonKind.String, flags);
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            bool replaced = false;
            _rows[index].NameHash = flags == JsonRowFlags.None
                ? MemberNames.Hash(reader.ValueSpan)
                : MemberNames.Hash(JsonEscapes.Unescape(reader.ValueSpan, out replaced));
            HoldsHalfName |= replaced;
        }
    }

    private void Close(int index, int consumed)
    {
        ref JsonRow row = ref _rows[index];
        row.Length = consumed - row.Start;
        row.End = _count;
    }

    private void Add(int start, int length, JsonKind kind, JsonRowFlags flags)
    {
        if (_count == _rows.Length)
        {
            JsonRow[] larger = ArrayPool<JsonRow>.Shared.Rent(_rows.Length * 2);
            _rows.AsSpan(0, _count).CopyTo(larger);
            ArrayPool<JsonRow>.Shared.Return(_rows);
            _rows = larger;
        }

        _rows[_count] = new JsonRow { Start = start, Length = length, End = _count + 1, Kind = kind, Flags = flags };
        _count++;
    }

    private static JsonKind ScalarKind(JsonTokenType token) => token switch
    {
        JsonTokenType.Number => JsonKind.Number,
        JsonTokenType.True => JsonKind.True,
        JsonTokenType.False => JsonKind.False,
        _ => JsonKind.Null,
    };
}

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
