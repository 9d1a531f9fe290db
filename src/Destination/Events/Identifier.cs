using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>
/// An identifier as the sender gave it: absent (not given, empty or only white space), present, or unusable. Never trimmed; a JSON integer
/// counts by its digits as written, never through a double.
/// </summary>
/// <param name="Text">The identifier; empty unless present.</param>
/// <param name="Problem">Why it can't be used; null when it is absent or present.</param>
internal readonly record struct Identifier(Utf8Text Text, string? Problem)
{
    /// <summary>Not given.</summary>
    public static Identifier Absent => default;

    /// <summary>Whether there is one to use.</summary>
    public bool IsPresent => !Text.IsEmpty;

    /// <summary>Reads an identifier.</summary>
    public static Identifier Read(JsonValue value)
    {
        switch (value.Kind)
        {
            case JsonKind.Missing or JsonKind.Null:
                return Absent;
            case JsonKind.Number:
                return IsInteger(value.Bytes)
                    ? new Identifier(new Utf8Text(value.Memory), null)
                    : new Identifier(default, "is a number with a fraction or exponent; a text or an integer was expected");
            case JsonKind.String:
                value.TryGetText(out Utf8Text text, out bool replacedSurrogate);
                return replacedSurrogate ? new Identifier(default, "holds a lone surrogate, which no encoding can carry")
                    : text.IsBlank ? Absent
                    : IsPathTraversal(text.Span) ? new Identifier(default, "is '.' or '..', which would collapse the URL's path")
                    : new Identifier(text, null);
            default:
                return new Identifier(default, $"is {value.Kind.WithArticle()}; a text or an integer was expected");
        }
    }

    /// <summary>This one unless it is absent, else the one in a member of an object, which is looked for only then.</summary>
    public Identifier OrMember(JsonValue container, ReadOnlySpan<byte> name) => IsPresent || Problem is not null ? this : Read(container[name]);

    private static bool IsInteger(ReadOnlySpan<byte> digits) => !digits.ContainsAny((byte)'.', (byte)'e', (byte)'E');

    private static bool IsPathTraversal(ReadOnlySpan<byte> text) => text.SequenceEqual("."u8) || text.SequenceEqual(".."u8);
}
