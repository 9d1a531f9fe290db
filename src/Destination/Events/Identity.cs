using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>Who an event is about (mapping.md 1, "Identity").</summary>
/// <param name="Person">The identifier that addresses the person; null when none is known.</param>
/// <param name="Email">The person's e-mail; null when none is known.</param>
internal readonly record struct Identity(PersonIdentifier? Person, Utf8Text? Email)
{
    /// <summary>Whether the event is of somebody of whom only the device is known.</summary>
    public static bool IsAnonymous(FreshpaintEvent source, MappingSettings settings)
    {
        EventHead head = source.Head;
        Utf8Text? userId = head.UserId.IsPresent ? head.UserId.Text : null;
        return head.DeviceId.IsPresent && head.UserId.Problem is null && Choose(userId, EmailOf(source, settings), settings) is null;
    }

    /// <summary>The person's e-mail as the event tells it, cleaned; null when it tells none. A user id that looks like an e-mail is one.</summary>
    public static Utf8Text? EmailOf(FreshpaintEvent source, MappingSettings settings) => ToldEmail(source, settings) ?? EmailInUserId(source.Head);

    /// <summary>The user id, if it looks like an e-mail.</summary>
    public static Utf8Text? EmailInUserId(EventHead head) =>
        head.UserId.IsPresent && EmailShape.Matches(head.UserId.Text.Span) ? head.UserId.Text : null;

    /// <summary>Every e-mail that the event tells of its person, wherever one is read, cleaned: also those that another one goes before.</summary>
    public static IEnumerable<Utf8Text> EmailsOf(FreshpaintEvent source, MappingSettings settings)
    {
        EventHead head = source.Head;
        Utf8Text?[] told =
        [
            EmailInUserId(head),
            EmailText.AddressIn(head.UserProps["email"u8]),
            EmailText.AddressIn(head.ContextTraits["email"u8]),
            .. source switch
            {
                FreshpaintEvent.Identify identify => [EmailText.AddressIn(identify.Traits["email"u8]), EmailText.AddressIn(identify.Properties["email"u8]), InDistinctId(identify.Traits)],
                FreshpaintEvent.Track track when settings.EmailFromProperties => [EmailText.AddressIn(track.Properties["email"u8])],
                FreshpaintEvent.Page page when settings.EmailFromProperties => [EmailText.AddressIn(page.Properties["email"u8])],
                FreshpaintEvent.Screen screen when settings.EmailFromProperties => [EmailText.AddressIn(screen.Properties["email"u8])],
                _ => Array.Empty<Utf8Text?>(),
            },
        ];
        return told.OfType<Utf8Text>();
    }

    /// <summary>The e-mail that the event tells elsewhere than in the user id.</summary>
    public static Utf8Text? ToldEmail(FreshpaintEvent source, MappingSettings settings)
    {
        List<MappingWarning>? untold = null;
        return ToldEmail(source, settings, ref untold);
    }

    /// <summary>The e-mail that the event tells elsewhere than in the user id, and what is to be told of the places that hold one.</summary>
    public static Utf8Text? ToldEmail(FreshpaintEvent source, MappingSettings settings, ref List<MappingWarning>? warnings) => source switch
    {
        // Of the e-mail among the traits the reader and the writer tell.
        FreshpaintEvent.Identify identify => EmailText.AddressIn(identify.Traits["email"u8])
            ?? Read(source.Head.UserProps["email"u8], "$user_props.email", ref warnings)
            ?? Read(identify.Properties["email"u8], "properties.email", ref warnings)
            ?? Read(source.Head.ContextTraits["email"u8], "context.traits.email", ref warnings)
            ?? InDistinctId(identify.Traits),
        FreshpaintEvent.Track track => ToldEmail(source.Head, track.Properties, settings, ref warnings),
        FreshpaintEvent.Page page => ToldEmail(source.Head, page.Properties, settings, ref warnings),
        FreshpaintEvent.Screen screen => ToldEmail(source.Head, screen.Properties, settings, ref warnings),
        _ => ToldEmail(source.Head, ref warnings),
    };

    /// <summary>The e-mail that an event other than an identify tells about its person.</summary>
    public static Utf8Text? ToldEmail(EventHead head)
    {
        List<MappingWarning>? untold = null;
        return ToldEmail(head, ref untold);
    }

    /// <summary>Why the user id among an identify's traits can't be used; null when it can, or there is none.</summary>
    public static string? ProblemOfIdInTraits(FreshpaintEvent.Identify identify, PlaceholderIdentifiers placeholders) =>
        Identifier.Read(identify.Traits["userId"u8], placeholders).OfPerson().Problem ?? Identifier.Read(identify.Traits["user_id"u8], placeholders).OfPerson().Problem;

    /// <summary>Whether an identify names somebody by an e-mail that is none: something stands where one is expected, and it is no word for nothing.</summary>
    public static bool IsNamedUnusably(FreshpaintEvent.Identify identify, PlaceholderIdentifiers placeholders) =>
        IsUnusable(identify.Traits["email"u8], placeholders)
        || IsUnusable(identify.Head.UserProps["email"u8], placeholders)
        || IsUnusable(identify.Properties["email"u8], placeholders)
        || IsUnusable(identify.Head.ContextTraits["email"u8], placeholders);

    /// <summary>The identifier by which the settings address the person; null when the event has none.</summary>
    public static Utf8Text? Choose(Utf8Text? userId, Utf8Text? email, MappingSettings settings) => settings.PersonIdentifier switch
    {
        PersonIdentifierChoice.Id => userId,
        PersonIdentifierChoice.Email => email ?? userId,
        _ => userId ?? email,
    };

    private static Utf8Text? ToldEmail(EventHead head, PropertySet properties, MappingSettings settings, ref List<MappingWarning>? warnings) =>
        ToldEmail(head, ref warnings) ?? (settings.EmailFromProperties ? Read(properties["email"u8], "properties.email", ref warnings) : null);

    private static Utf8Text? ToldEmail(EventHead head, ref List<MappingWarning>? warnings) =>
        Read(head.UserProps["email"u8], "$user_props.email", ref warnings) ?? Read(head.ContextTraits["email"u8], "context.traits.email", ref warnings);

    private static Utf8Text? Read(JsonValue value, string field, ref List<MappingWarning>? warnings)
    {
        EmailReading reading = EmailText.Read(value, out Utf8Text address);
        switch (reading)
        {
            case EmailReading.None:
                return null;
            case EmailReading.AsGiven:
                return address;
            case EmailReading.Cleaned:
                MappingWarning.Add(ref warnings, WarningCode.EmailCleaned, field, MappingWarning.CleanedEmail);
                return address;
            case EmailReading.Unusual:
                MappingWarning.Add(ref warnings, WarningCode.EmailUnusual, field, "it is no e-mail address and names nobody");
                return null;
            default:
                MappingWarning.Add(ref warnings, WarningCode.EmailUnreadable, field, $"it is {EmailText.WhyUnreadable(value)} and names nobody");
                return null;
        }
    }

    // An id is taken as it is: only one that is an e-mail as given tells one.
    private static Utf8Text? InDistinctId(PropertySet traits) =>
        traits.DistinctId.TryGetText(out Utf8Text text, out bool replaced) && !replaced && EmailShape.Matches(text.Span) ? text : null;

    private static bool IsUnusable(JsonValue value, PlaceholderIdentifiers placeholders) => value.Kind switch
    {
        JsonKind.Object => value.HasMembers,
        JsonKind.Array => value.HasElements,
        JsonKind.String => EmailText.Read(value, out _) == EmailReading.Unusual && value.TryGetText(out Utf8Text text) && !placeholders.Matches(text),
        JsonKind.Number or JsonKind.True or JsonKind.False => !placeholders.Matches(new Utf8Text(value.Memory)),
        _ => false,
    };
}

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

    /// <summary>
    /// The same as the identifier of a person: one that is <c>cio_</c> with nothing behind it names nobody, and Customer.io would drop what is sent to it.
    /// </summary>
    public Identifier OfPerson() =>
        PersonIdentifier.IsBarePrefix(Text) ? new Identifier(default, "begins with cio_ and has nothing behind it, which names nobody") : this;

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
    private static ReadOnlySpan<byte> CioPrefix => "cio_"u8;

    /// <summary>The identifier a text is, by its shape: <c>cio_…</c>, an e-mail, else an id.</summary>
    public static PersonIdentifier ByShape(Utf8Text value) => new(
        value.Span.StartsWith(CioPrefix) ? PersonIdentifierKind.CioId
        : EmailShape.Matches(value.Span) ? PersonIdentifierKind.Email
        : PersonIdentifierKind.Id,
        value);

    /// <summary>Whether a text is the prefix of Customer.io's own ids, and the id behind it is missing.</summary>
    public static bool IsBarePrefix(Utf8Text value) => value.Span.StartsWith(CioPrefix) && (value.Length == CioPrefix.Length || new Utf8Text(value.Bytes[CioPrefix.Length..]).IsBlank);

    /// <summary>Whether both name one person: the same identifier, or one e-mail address, which Customer.io compares without case.</summary>
    public bool IsSamePerson(PersonIdentifier other) => this == other || (Kind == PersonIdentifierKind.Email && other.Kind == PersonIdentifierKind.Email
        && EmailText.OrderKey(Value).AsSpan().SequenceEqual(EmailText.OrderKey(other.Value)));

    /// <summary>Writes it as the Track API names people inside a body: an object of its kind and value; a Customer.io id without its prefix.</summary>
    internal void Write(ScratchBuffer output)
    {
        output.Write(Kind switch
        {
            PersonIdentifierKind.Email => "{\"email\":"u8,
            PersonIdentifierKind.CioId => "{\"cio_id\":"u8,
            _ => "{\"id\":"u8,
        });
        output.WriteString(Kind == PersonIdentifierKind.CioId ? Value.Span[CioPrefix.Length..] : Value.Span);
        output.WriteByte((byte)'}');
    }
}
