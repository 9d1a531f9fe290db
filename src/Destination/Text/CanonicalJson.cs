namespace CustomerIoDestination.Text;

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
