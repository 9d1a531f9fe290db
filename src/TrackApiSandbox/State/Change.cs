using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>What a valid call asks for, the same for v1 and v2. Whether it is made is decided by the <see cref="Workspace"/>.</summary>
internal abstract record Change
{
    private Change()
    {
    }

    public sealed record Identify(PersonIdentifier Person, PersonUpdate Update) : Change;

    public sealed record RecordEvent(PersonIdentifier Person, SandboxEvent Event) : Change;

    public sealed record RecordAnonymousEvent(SandboxEvent Event) : Change;

    public sealed record DeletePerson(PersonIdentifier Person) : Change;

    public sealed record Suppress(PersonIdentifier Person) : Change;

    public sealed record Unsuppress(PersonIdentifier Person) : Change;

    public sealed record AddDevice(PersonIdentifier Person, SandboxDevice Device) : Change;

    public sealed record DeleteDevice(PersonIdentifier Person, string Token) : Change;

    public sealed record MergePeople(PersonIdentifier Primary, PersonIdentifier Secondary) : Change;

    public sealed record IdentifyObject(
        ObjectIdentifier Object,
        IReadOnlyList<KeyValuePair<string, JsonText>> Attributes,
        IReadOnlyList<Relation> Relations) : Change;

    public sealed record DeleteObject(ObjectIdentifier Object) : Change;

    public sealed record Relate(IReadOnlyList<Relation> Relations) : Change;

    public sealed record Unrelate(IReadOnlyList<Relation> Relations) : Change;

    /// <summary>A documented call that leaves no trace here: metrics of deliveries.</summary>
    public sealed record Nothing : Change;
}
