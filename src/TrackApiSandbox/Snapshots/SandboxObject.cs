namespace TrackApiSandbox.Snapshots;

/// <summary>An object: a company, an account, whatever a workspace groups people by.</summary>
/// <param name="ObjectTypeId">Its type, for example <c>1</c>.</param>
/// <param name="ObjectId">Its id within the type.</param>
/// <param name="Attributes">As sent.</param>
public sealed record SandboxObject(string ObjectTypeId, string ObjectId, IReadOnlyDictionary<string, JsonText> Attributes);
