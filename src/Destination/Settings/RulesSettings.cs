namespace CustomerIoDestination.Settings;

/// <summary>The rules.</summary>
public sealed record RulesSettings
{
    /// <summary>The file; null for <c>destination.json</c> in the working directory or beside the application, if there is one.</summary>
    public string? Path { get; init; }

    /// <summary>The secret of the operation <c>hashProperty</c>; null when it is not used.</summary>
    public Secret? HashSecret { get; init; }
}
