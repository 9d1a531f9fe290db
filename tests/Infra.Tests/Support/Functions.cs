namespace CustomerIoDestination.Infra.Support;

/// <summary>The functions of the app, by their names. The app's own tests hold the same list against its attributes.</summary>
internal static class Functions
{
    /// <summary>Every function.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "IngestEvents", "DeliverEvent", "WatchQueue", "Preview", "DeadLetters", "DeadLetter", "ReplayDeadLetters", "DiscardDeadLetters",
        "Status", "Health", "Deliveries", "EventStory", "ResumeDestination", "Page",
    ];
}
