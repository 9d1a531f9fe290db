namespace CustomerIoDestination.Text;

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
