using CustomerIoDestination.Events;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Ingest;

/// <summary>
/// What the object around a batch says for every event in it: <c>integrations</c>, and of <c>context</c> the <c>traits</c>, the <c>library</c> and the
/// <c>page</c>. It counts for each event that has none of its own, and becomes part of what is queued.
/// </summary>
internal sealed class BatchWrapper
{
    private static readonly string[] ContextNames = ["traits", "library", "page"];

    private readonly ReadOnlyMemory<byte> _integrations;
    private readonly (byte[] Name, ReadOnlyMemory<byte> Value)[] _context;

    private BatchWrapper(ReadOnlyMemory<byte> integrations, (byte[] Name, ReadOnlyMemory<byte> Value)[] context)
    {
        _integrations = integrations;
        _context = context;
    }

    /// <summary>A wrapper with these members; null when they say nothing.</summary>
    /// <param name="integrations">The JSON of <c>integrations</c>; empty for none.</param>
    /// <param name="context">The JSON of <c>context</c>; empty for none.</param>
    public static BatchWrapper? Of(ReadOnlyMemory<byte> integrations, ReadOnlyMemory<byte> context)
    {
        var parts = new List<(byte[] Name, ReadOnlyMemory<byte> Value)>();
        using var table = new JsonTable();
        if (!context.IsEmpty && table.TryRead(context))
        {
            JsonValue root = ObjectIn(table.Root);
            foreach (string name in ContextNames)
            {
                byte[] key = Utf8Text.Of(name).Bytes.ToArray();
                JsonValue value = root[key];
                if (!IsNone(value))
                {
                    parts.Add((key, Compact(value)));
                }
            }
        }

        if (!integrations.IsEmpty && table.TryRead(integrations) && IsNone(table.Root))
        {
            integrations = default;
        }

        return integrations.IsEmpty && parts.Count == 0 ? null : new BatchWrapper(integrations, [.. parts]);
    }

    /// <summary>An item with what it lacks.</summary>
    /// <param name="item">The item, one JSON object.</param>
    /// <param name="root">The same, read.</param>
    /// <param name="shape">Its shape. In the HTTP API's an event has no context, and would be read otherwise if it had one.</param>
    /// <returns>The item with the additions; null when it lacks nothing.</returns>
    public byte[]? Merge(ReadOnlyMemory<byte> item, JsonValue root, EventShape shape)
    {
        JsonValue context = root["context"u8];
        JsonValue own = ObjectIn(context);
        bool addsIntegrations = !_integrations.IsEmpty && SaysNothing(root["integrations"u8]);
        (byte[] Name, ReadOnlyMemory<byte> Value)[] additions = shape == EventShape.Webhook ? [.. _context.Where(part => !ObjectIn(own[part.Name]).HasMembers)] : [];
        if (!addsIntegrations && additions.Length == 0)
        {
            return null;
        }

        using var output = new ScratchBuffer();
        ReadOnlySpan<byte> rest = item.Span.TrimEnd(" \t\r\n"u8)[..^1];
        bool hasContext = context.Kind == JsonKind.Object;
        if (additions.Length > 0 && hasContext)
        {
            rest.Overlaps(context.Bytes, out int start);
            int end = start + context.Bytes.Length - 1;
            output.Write(rest[..end]);
            WriteMembers(output, additions, first: !context.AllMembers.GetEnumerator().MoveNext());
            rest = rest[end..];
        }

        output.Write(rest);
        bool first = !root.AllMembers.GetEnumerator().MoveNext();
        if (additions.Length > 0 && !hasContext)
        {
            // A later member counts instead of an earlier one of the same name, so an empty context before it, or one that is a text, does no harm.
            output.WriteName("context"u8, ref first);
            bool firstOfContext = true;
            output.WriteByte((byte)'{');
            foreach (JsonMember member in own.AllMembers)
            {
                output.WriteName(member.Name.Span, ref firstOfContext);
                output.WriteValue(member.Value);
            }

            WriteMembers(output, additions, firstOfContext);
            output.WriteByte((byte)'}');
        }

        if (addsIntegrations)
        {
            output.WriteName("integrations"u8, ref first);
            output.Write(_integrations.Span);
        }

        output.WriteByte((byte)'}');
        return output.Written.ToArray();
    }

    private static void WriteMembers(ScratchBuffer output, (byte[] Name, ReadOnlyMemory<byte> Value)[] members, bool first)
    {
        foreach ((byte[] name, ReadOnlyMemory<byte> value) in members)
        {
            output.WriteName(name, ref first);
            output.Write(value.Span);
        }
    }

    private static byte[] Compact(JsonValue value)
    {
        using var output = new ScratchBuffer();
        output.WriteValue(value);
        return output.Written.ToArray();
    }

    // Given as such, or inside a text; missing for anything else.
    private static JsonValue ObjectIn(JsonValue value) =>
        value.Kind == JsonKind.Object ? value : value.TryGetText(out Utf8Text text) ? EmbeddedJson.Object(text) : default;

    // Whatever can't be read as a choice says nothing, and must not undo the wrapper's; null is as if absent.
    private static bool SaysNothing(JsonValue integrations)
    {
        JsonValue members = ObjectIn(integrations);
        if (members.Kind != JsonKind.Object)
        {
            return !FlagText.TryRead(integrations, out _);
        }

        foreach (JsonMember member in members.AllMembers)
        {
            if (member.Value.Kind != JsonKind.Null)
            {
                return false;
            }
        }

        return true;
    }

    // Some languages write an empty object as an empty list.
    private static bool IsNone(JsonValue value) => value.Kind switch
    {
        JsonKind.Missing or JsonKind.Null => true,
        JsonKind.Object => !value.AllMembers.GetEnumerator().MoveNext(),
        JsonKind.Array => !value.Elements.GetEnumerator().MoveNext(),
        _ => false,
    };
}
