using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>A profile while it lives. Identifiers are set by <see cref="People"/> only, which keeps them unique.</summary>
internal sealed class Person(string cioId)
{
    public string CioId { get; } = cioId;

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
