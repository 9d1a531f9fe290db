using TrackApiSandbox.Snapshots;

namespace TrackApiSandbox.State;

/// <summary>A person and an object, from whichever side it was told.</summary>
internal sealed record Relation(PersonIdentifier Person, ObjectIdentifier Object, IReadOnlyList<KeyValuePair<string, JsonText>> Attributes);
