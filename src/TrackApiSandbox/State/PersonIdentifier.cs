namespace TrackApiSandbox.State;

/// <summary>One way of addressing a person. E-mails are equal without regard to case.</summary>
internal readonly record struct PersonIdentifier(IdentifierKind Kind, string Value)
{
    private const string CioPrefix = "cio_";

    /// <summary>
    /// The identifier in a v1 path, whose kind the API guesses from its shape
    /// (https://docs.customer.io/api/track/, "We determine the identifier type from the shape of the value").
    /// </summary>
    public static PersonIdentifier FromShape(string value) =>
        value.StartsWith(CioPrefix, StringComparison.Ordinal) ? new(IdentifierKind.CioId, value[CioPrefix.Length..])
        : IsEmail(value) ? new(IdentifierKind.Email, value)
        : new(IdentifierKind.Id, value);

    /// <summary>One <c>@</c>, something before it, a dot inside what follows, no white space. The exact rule is not documented.</summary>
    public static bool IsEmail(string value)
    {
        int at = value.IndexOf('@', StringComparison.Ordinal);
        if (at <= 0 || value.AsSpan(at + 1).Contains('@') || value.Any(char.IsWhiteSpace))
        {
            return false;
        }

        int dot = value.IndexOf('.', at);
        return dot > at + 1 && !value.EndsWith('.');
    }

    public bool Equals(PersonIdentifier other) => Kind == other.Kind && string.Equals(Value, other.Value, Comparison);

    public override int GetHashCode() => HashCode.Combine(Kind, Value.GetHashCode(Comparison));

    public override string ToString() => Kind is IdentifierKind.CioId ? CioPrefix + Value : Value;

    private StringComparison Comparison => Kind is IdentifierKind.Email ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
}
