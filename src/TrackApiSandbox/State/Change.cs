using System.Text.Json;
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

/// <summary>Why a change, or one identifier of it, was not made although the call was answered with 200.</summary>
internal enum DropReason
{
    /// <summary>The person is suppressed.</summary>
    Suppressed,

    /// <summary>An event with this event id was taken before.</summary>
    DuplicateEvent,

    /// <summary>The identify is older than the person's last change.</summary>
    OlderThanLastChange,

    /// <summary>Nobody has this cio_id.</summary>
    UnknownCioId,

    /// <summary>Nobody matches, and <c>_update</c> forbids to create.</summary>
    NobodyToUpdate,

    /// <summary>The identifier is already associated with a different profile.</summary>
    IdentifierOfAnotherPerson,

    /// <summary>The identifier has a value, which only a call by cio_id can change.</summary>
    IdentifierAlreadySet,

    /// <summary>The anonymous id is another person's.</summary>
    AnonymousIdOfAnotherPerson,

    /// <summary>The attribute <c>email</c> is no e-mail.</summary>
    InvalidEmail,

    /// <summary>A merge of somebody who does not exist, or not for long enough, or with oneself.</summary>
    NothingToMerge,
}

/// <summary>Counts of changes that were answered with 200 and not made.</summary>
internal sealed class Drops
{
    private readonly long[] _counts = new long[Enum.GetValues<DropReason>().Length];

    public void Add(DropReason reason) => _counts[(int)reason]++;

    /// <summary>By reason in snake_case; only those that occurred.</summary>
    public IReadOnlyDictionary<string, long> Snapshot() => Enum.GetValues<DropReason>()
        .Where(reason => _counts[(int)reason] > 0)
        .ToDictionary(reason => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString()), reason => _counts[(int)reason], StringComparer.Ordinal);

    public void Clear() => Array.Clear(_counts);
}
