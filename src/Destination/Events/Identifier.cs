using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>
/// An identifier as the sender gave it: absent (not given, blank, or a word that stands for none), present, or unusable. Never trimmed; a whole JSON number
/// counts by its digits as written, never through a double.
/// </summary>
/// <param name="Text">The identifier; empty unless present.</param>
/// <param name="Problem">Why it can't be used; null when it is absent or present.</param>
/// <param name="WasPlaceholder">Whether it, or one looked at before it, was a word that stands for none.</param>
internal readonly record struct Identifier(Utf8Text Text, string? Problem, bool WasPlaceholder = false)
{
    /// <summary>Not given.</summary>
    public static Identifier Absent => default;

    /// <summary>Whether there is one to use.</summary>
    public bool IsPresent => !Text.IsEmpty;

    /// <summary>Reads an identifier.</summary>
    /// <param name="value">The value.</param>
    /// <param name="placeholders">Words that stand for none.</param>
    public static Identifier Read(JsonValue value, PlaceholderIdentifiers placeholders)
    {
        switch (value.Kind)
        {
            case JsonKind.Missing or JsonKind.Null:
                return Absent;
            case JsonKind.Number:
                return WholeDigits(value.Memory) is { } digits
                    ? Given(new Utf8Text(digits), placeholders)
                    : new Identifier(default, "is a number with a fraction or exponent; a text or an integer was expected");
            case JsonKind.String:
                value.TryGetText(out Utf8Text text, out bool replacedSurrogate);
                return replacedSurrogate ? new Identifier(default, "holds a lone surrogate, which no encoding can carry")
                    : text.IsBlank ? Absent
                    : IsPathTraversal(text.Span) ? new Identifier(default, "is '.' or '..', which would collapse the URL's path")
                    : Given(text, placeholders);
            case JsonKind.True or JsonKind.False when placeholders.Matches(new Utf8Text(value.Memory)):
                return new Identifier(default, null, WasPlaceholder: true);
            default:
                return new Identifier(default, $"is {value.Kind.WithArticle()}; a text or an integer was expected");
        }
    }

    /// <summary>This one unless it is absent, else the one in a member of an object, which is looked for only then.</summary>
    public Identifier OrMember(JsonValue container, ReadOnlySpan<byte> name, PlaceholderIdentifiers placeholders)
    {
        if (IsPresent || Problem is not null)
        {
            return this;
        }

        Identifier other = Read(container[name], placeholders);
        return WasPlaceholder ? other with { WasPlaceholder = true } : other;
    }

    private static Identifier Given(Utf8Text text, PlaceholderIdentifiers placeholders) =>
        placeholders.Matches(text) ? new Identifier(default, null, WasPlaceholder: true) : new Identifier(text, null);

    // 12345 and 12345.00 are 12345; whatever else has a point or an exponent is no identifier.
    private static ReadOnlyMemory<byte>? WholeDigits(ReadOnlyMemory<byte> number)
    {
        ReadOnlySpan<byte> digits = number.Span;
        int end = digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E');
        return end < 0 ? number
            : digits[end] == (byte)'.' && digits[(end + 1)..].IndexOfAnyExcept((byte)'0') < 0 ? number[..end]
            : default(ReadOnlyMemory<byte>?);
    }

    private static bool IsPathTraversal(ReadOnlySpan<byte> text) => text.SequenceEqual("."u8) || text.SequenceEqual(".."u8);
}

/// <summary>Picks a name out of the places that may hold one.</summary>
internal static class Names
{
    /// <summary>The first candidate that is a text with anything in it, without what is around it.</summary>
    /// <param name="candidates">The candidates.</param>
    /// <param name="name">The name.</param>
    /// <param name="replacedSurrogate">Whether a lone surrogate in it was replaced by U+FFFD.</param>
    public static bool TryFirst(ReadOnlySpan<JsonValue> candidates, out Utf8Text name, out bool replacedSurrogate)
    {
        foreach (JsonValue candidate in candidates)
        {
            if (candidate.TryGetText(out name, out replacedSurrogate) && !name.IsBlank)
            {
                name = Utf8Scan.Trim(name);
                return true;
            }
        }

        name = default;
        replacedSurrogate = false;
        return false;
    }
}

/// <summary>What an identifier is, by its shape: Customer.io guesses the same way from a v1 path.</summary>
public enum PersonIdentifierKind
{
    /// <summary>The workspace's own id of the person.</summary>
    Id,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>Customer.io's own id, with its <c>cio_</c> prefix.</summary>
    CioId,
}

/// <summary>The one identifier a request addresses a person by.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Value">The value as given; a Customer.io id keeps its <c>cio_</c> prefix here.</param>
public readonly record struct PersonIdentifier(PersonIdentifierKind Kind, Utf8Text Value)
{
    /// <summary>The identifier a text is, by its shape: <c>cio_…</c>, an e-mail, else an id.</summary>
    public static PersonIdentifier ByShape(Utf8Text value) => new(
        value.Span.StartsWith("cio_"u8) ? PersonIdentifierKind.CioId
        : EmailShape.Matches(value.Span) ? PersonIdentifierKind.Email
        : PersonIdentifierKind.Id,
        value);

    /// <summary>Writes it as the Track API names people inside a body: an object of its kind and value; a Customer.io id without its prefix.</summary>
    internal void Write(ScratchBuffer output)
    {
        output.Write(Kind switch
        {
            PersonIdentifierKind.Email => "{\"email\":"u8,
            PersonIdentifierKind.CioId => "{\"cio_id\":"u8,
            _ => "{\"id\":"u8,
        });
        output.WriteString(Kind == PersonIdentifierKind.CioId ? Value.Span["cio_".Length..] : Value.Span);
        output.WriteByte((byte)'}');
    }
}
