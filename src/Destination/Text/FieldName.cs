namespace CustomerIoDestination.Text;

/// <summary>The names of properties and attributes as messages show them.</summary>
internal static class FieldName
{
    private const int MaxShown = 120;

    /// <summary>The path of a property for messages, for instance <c>traits.plan</c>; a name over 120 bytes is cut.</summary>
    public static string Of(string set, Utf8Text name) =>
        name.Length <= MaxShown ? $"{set}.{name}" : $"{set}.{new Utf8Text(name.Bytes[..NameCut.OnCharacter(name.Span, MaxShown)])}…";
}
