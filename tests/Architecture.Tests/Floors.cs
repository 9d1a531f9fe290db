namespace CustomerIoDestination.Architecture.Tests;

/// <summary>
/// The order of each project's namespaces: a namespace uses only itself and those before it. A namespace inside another that stands before it is used by
/// that one; one that stands after it uses that one. So there is never a circle.
/// </summary>
/// <param name="Assembly">The assembly's name.</param>
/// <param name="Root">The namespace that all of the assembly's stand in.</param>
/// <param name="Namespaces">The namespaces below the root, lowest floor first; empty for the root itself.</param>
internal sealed record Floors(string Assembly, string Root, IReadOnlyList<string> Namespaces)
{
    public static IReadOnlyList<Floors> All { get; } =
    [
        new("CustomerIoDestination", "CustomerIoDestination",
        [
            "Time", "Text", "Model", "Settings", "Events",
            "Rules.Naming", "Rules.Transforming", "Rules.Privacy", "Rules", "Rules.Reading",
            "Mapping", "Ports", "Telemetry", "Pacing", "TrackApi", "People",
            "Delivery.Gate", "Delivery.Sending", "Delivery.Batching", "Delivery",
            "Ingest", "Preview", "",
        ]),
        new("CustomerIoDestination.HttpApi", "CustomerIoDestination.HttpApi", ["Answers", "Page", "Contracts", "Authentication", "Bodies", "Endpoints", ""]),
        new("CustomerIoDestination.AzureServices", "CustomerIoDestination.AzureServices",
        [
            "Connections", "Tables", "Upkeep", "People", "DeliveryLog", "RateShare", "Secrets", "Telemetry",
            "ServiceBus.Messages", "ServiceBus.Handling", "ServiceBus.Sending", "ServiceBus.Connecting", "ServiceBus.Counting", "ServiceBus.DeadLetters",
            "Control", "ServiceBus", "",
        ]),
        new("CustomerIoDestination.SqliteQueue", "CustomerIoDestination.SqliteQueue", ["Storage", "Tables", "Leasing", "Writing", "Upkeep", ""]),
        new("CustomerIoDestination.LocalHost", "CustomerIoDestination.LocalHost", [""]),
        new("TrackApiSandbox", "TrackApiSandbox", ["Snapshots", "Faults", "State", "TrackApi", "Recording", "Http", ""]),
        new("destination", "CustomerIoDestination.Cli", ["", "Configuration", "Host", "Checking", "Importing", "Commands"]),
    ];

    public override string ToString() => Assembly;

    /// <summary>The floor of a namespace; null when it is not in the list.</summary>
    public int? Of(string name)
    {
        string below = name == Root ? "" : name.StartsWith(Root + ".", StringComparison.Ordinal) ? name[(Root.Length + 1)..] : name;
        int index = Namespaces.ToList().IndexOf(below);
        return index < 0 ? null : index;
    }
}
