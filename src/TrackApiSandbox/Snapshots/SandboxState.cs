namespace TrackApiSandbox.Snapshots;

/// <summary>All that the sandbox knows at one moment. A copy: later calls do not change it.</summary>
/// <param name="People">Everybody, in the order of their creation.</param>
/// <param name="AnonymousEvents">Events that belong to nobody yet, at most 30 days old, in no particular order between visitors.</param>
/// <param name="Objects">Objects (groups) with their attributes; who belongs to them is told by <see cref="SandboxPerson.Relationships"/>.</param>
/// <param name="Suppressed">Identifiers whose calls are ignored.</param>
public sealed record SandboxState(
    IReadOnlyList<SandboxPerson> People,
    IReadOnlyList<SandboxEvent> AnonymousEvents,
    IReadOnlyList<SandboxObject> Objects,
    IReadOnlyList<string> Suppressed);

/// <summary>A person's profile.</summary>
/// <param name="CioId">Generated, unchangeable, without the prefix <c>cio_</c>.</param>
/// <param name="Id">The id, case-sensitive, or null.</param>
/// <param name="Email">The e-mail as first written, compared without case, or null.</param>
/// <param name="AnonymousIds">Anonymous ids the person was identified with, oldest first.</param>
/// <param name="Attributes">All other attributes, as sent.</param>
/// <param name="Unsubscribed">True for <c>true</c> in any case, <c>1</c> and <c>"1"</c>; anything else is subscribed.</param>
/// <param name="Devices">Devices, in the order in which they were added.</param>
/// <param name="Relationships">Objects the person belongs to.</param>
/// <param name="Events">Events in the order in which they came to the person; merged anonymous ones at the time of the merge.</param>
public sealed record SandboxPerson(
    string CioId,
    string? Id,
    string? Email,
    IReadOnlyList<string> AnonymousIds,
    IReadOnlyDictionary<string, JsonText> Attributes,
    bool Unsubscribed,
    IReadOnlyList<SandboxDevice> Devices,
    IReadOnlyList<SandboxRelationship> Relationships,
    IReadOnlyList<SandboxEvent> Events);

/// <summary>A device that can be sent push messages.</summary>
/// <param name="Id">The push token.</param>
/// <param name="Platform"><c>ios</c> or <c>android</c>.</param>
/// <param name="LastUsed">Unix seconds, or null.</param>
/// <param name="Attributes">As sent, or null.</param>
public sealed record SandboxDevice(string Id, string Platform, long? LastUsed, JsonText? Attributes);

/// <summary>An event, page view or screen view.</summary>
/// <param name="Id">The sender's event id (a ULID), or null.</param>
/// <param name="Name">Without leading and trailing white space.</param>
/// <param name="Type"><c>event</c>, <c>page</c> or <c>screen</c>.</param>
/// <param name="Timestamp">Unix seconds: the sender's, or the time of receipt when that was absent or no Unix time.</param>
/// <param name="Data">The data as sent, <c>{}</c> when there were none.</param>
/// <param name="AnonymousId">The anonymous id it came with, or null.</param>
public sealed record SandboxEvent(string? Id, string Name, string Type, long Timestamp, JsonText Data, string? AnonymousId);

/// <summary>An object: a company, an account, whatever a workspace groups people by.</summary>
/// <param name="ObjectTypeId">Its type, for example <c>1</c>.</param>
/// <param name="ObjectId">Its id within the type.</param>
/// <param name="Attributes">As sent.</param>
public sealed record SandboxObject(string ObjectTypeId, string ObjectId, IReadOnlyDictionary<string, JsonText> Attributes);

/// <summary>That a person belongs to an object.</summary>
/// <param name="ObjectTypeId">The object's type, for example <c>1</c>.</param>
/// <param name="ObjectId">The object.</param>
/// <param name="Attributes">Attributes of the relationship, as sent.</param>
public sealed record SandboxRelationship(string ObjectTypeId, string ObjectId, IReadOnlyDictionary<string, JsonText> Attributes);
