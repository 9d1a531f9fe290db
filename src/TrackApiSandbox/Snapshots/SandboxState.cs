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
