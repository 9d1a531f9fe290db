namespace TrackApiSandbox.Snapshots;

/// <summary>A device that can be sent push messages.</summary>
/// <param name="Id">The push token.</param>
/// <param name="Platform"><c>ios</c> or <c>android</c>.</param>
/// <param name="LastUsed">Unix seconds, or null.</param>
/// <param name="Attributes">As sent, or null.</param>
public sealed record SandboxDevice(string Id, string Platform, long? LastUsed, JsonText? Attributes);
