namespace TrackApiSandbox.Snapshots;

/// <summary>That a person belongs to an object.</summary>
/// <param name="ObjectTypeId">The object's type, for example <c>1</c>.</param>
/// <param name="ObjectId">The object.</param>
/// <param name="Attributes">Attributes of the relationship, as sent.</param>
public sealed record SandboxRelationship(string ObjectTypeId, string ObjectId, IReadOnlyDictionary<string, JsonText> Attributes);
