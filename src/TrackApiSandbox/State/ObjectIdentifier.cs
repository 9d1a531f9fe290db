namespace TrackApiSandbox.State;

/// <summary>One object of one type.</summary>
internal readonly record struct ObjectIdentifier(string TypeId, string ObjectId);
