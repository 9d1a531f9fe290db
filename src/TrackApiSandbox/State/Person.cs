using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>A profile while it lives. Identifiers are set by <see cref="People"/> only, which keeps them unique.</summary>
internal sealed class Person(string cioId, DateTimeOffset createdAt)
{
    public string CioId { get; } = cioId;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    public string? Id { get; set; }

    public string? Email { get; set; }

    /// <summary>Unix seconds of the newest change of attributes; null before the first.</summary>
    public long? LastChange { get; set; }

    public List<string> AnonymousIds { get; } = [];

    public AttributeSet Attributes { get; } = new();

    public List<SandboxDevice> Devices { get; } = [];

    public Dictionary<ObjectIdentifier, AttributeSet> Relationships { get; } = [];

    public List<SandboxEvent> Events { get; } = [];

    /// <summary>Every identifier this person has.</summary>
    public IEnumerable<PersonIdentifier> Identifiers()
    {
        yield return new(IdentifierKind.CioId, CioId);
        if (Id is not null)
        {
            yield return new(IdentifierKind.Id, Id);
        }

        if (Email is not null)
        {
            yield return new(IdentifierKind.Email, Email);
        }
    }

    /// <summary>Adds a device, or replaces the one with the same token.</summary>
    public void AddDevice(SandboxDevice device)
    {
        int known = Devices.FindIndex(other => other.Id == device.Id);
        if (known < 0)
        {
            Devices.Add(device);
        }
        else
        {
            Devices[known] = device;
        }
    }

    /// <summary>Relates to an object; attributes that are not mentioned stay.</summary>
    public void Relate(ObjectIdentifier identifier, IReadOnlyList<KeyValuePair<string, JsonText>> attributes)
    {
        if (!Relationships.TryGetValue(identifier, out AttributeSet? known))
        {
            Relationships.Add(identifier, known = new AttributeSet());
        }

        known.ApplyToObject(attributes);
    }

    /// <summary>Takes over another's events, and of the rest what is not set here.</summary>
    public void TakeOver(Person other)
    {
        Attributes.FillFrom(other.Attributes);
        Events.AddRange(other.Events);
        Devices.AddRange(other.Devices.ExceptBy(Devices.Select(device => device.Id), device => device.Id));
        foreach ((ObjectIdentifier identifier, AttributeSet attributes) in other.Relationships)
        {
            Relationships.TryAdd(identifier, attributes);
        }
    }

    public SandboxPerson Snapshot() => new(
        CioId,
        Id,
        Email,
        [.. AnonymousIds],
        Attributes.Snapshot(),
        Attributes.SaysUnsubscribed(),
        [.. Devices],
        [.. Relationships.Select(entry => new SandboxRelationship(entry.Key.TypeId, entry.Key.ObjectId, entry.Value.Snapshot()))],
        [.. Events]);
}

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

/// <summary>What a person is addressed by.</summary>
internal enum IdentifierKind
{
    /// <summary>The sender's own id, case-sensitive.</summary>
    Id,

    /// <summary>The e-mail, compared without case.</summary>
    Email,

    /// <summary>Customer.io's own id, without its prefix.</summary>
    CioId,
}

/// <summary>What an identify call says about a person, beside the identifier that addresses it.</summary>
/// <param name="Id">Attribute <c>id</c>, or null when not given.</param>
/// <param name="Email">Attribute <c>email</c> (not yet known to be one), or null when not given.</param>
/// <param name="AnonymousId">Attribute <c>anonymous_id</c>, or null when not given or empty.</param>
/// <param name="Timestamp">Unix seconds of the change: the sender's, or the time of receipt.</param>
/// <param name="UpdateOnly"><c>_update</c>: nobody is created.</param>
/// <param name="Attributes">Everything else; JSON null removes.</param>
/// <param name="Relations">Relations to add or to remove.</param>
/// <param name="RemovesRelations">Whether they are to be removed.</param>
internal sealed record PersonUpdate(
    string? Id,
    string? Email,
    string? AnonymousId,
    long Timestamp,
    bool UpdateOnly,
    IReadOnlyList<KeyValuePair<string, JsonText>> Attributes,
    IReadOnlyList<Relation> Relations,
    bool RemovesRelations);

/// <summary>A person and an object, from whichever side it was told.</summary>
internal sealed record Relation(PersonIdentifier Person, ObjectIdentifier Object, IReadOnlyList<KeyValuePair<string, JsonText>> Attributes);
