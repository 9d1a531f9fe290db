namespace TrackApiSandbox.Snapshots;

/// <summary>An event, page view or screen view.</summary>
/// <param name="Id">The sender's event id (a ULID), or null.</param>
/// <param name="Name">Without leading and trailing white space.</param>
/// <param name="Type"><c>event</c>, <c>page</c> or <c>screen</c>.</param>
/// <param name="Timestamp">Unix seconds: the sender's, or the time of receipt when that was absent or no Unix time.</param>
/// <param name="Data">The data as sent, <c>{}</c> when there were none.</param>
/// <param name="AnonymousId">The anonymous id it came with, or null.</param>
public sealed record SandboxEvent(string? Id, string Name, string Type, long Timestamp, JsonText Data, string? AnonymousId);
