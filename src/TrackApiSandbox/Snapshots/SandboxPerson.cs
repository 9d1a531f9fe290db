namespace TrackApiSandbox.Snapshots;

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
