using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Infra.Support;

/// <summary>The settings' names, by who reads them.</summary>
internal static class SettingGroups
{
    /// <summary>What the product reads, everywhere.</summary>
    public static IReadOnlyList<string> All => SettingNames.All;

    /// <summary>What only a laptop has: the local host's file and sandbox, and what the cloud has in a safer form.</summary>
    public static IReadOnlyList<string> LocalOnly { get; } =
        ["Queue__Path", "Queue__SeenMemory", "Sandbox__Enabled", "Sandbox__Port", "Sandbox__SiteId", "Sandbox__ApiKey", "ServiceBus", "RateShare", "DeliveryLog", "CustomerIo__ApiKey"];

    /// <summary>What is unset unless somebody wants it: an empty text is not the same as none.</summary>
    public static IReadOnlyList<string> UnsetByDefault { get; } =
    [
        "CustomerIo__TrackApiUrl", "CustomerIo__AllowHttp", "Mapping__PlaceholderIdentifiers", "Mapping__EventIdProperty", "Mapping__RepeatMergeAfter", "Ingest__WriteKeys__0", "Ingest__WriteKeys__1", "Ingest__AllowedOrigins",
        "Ingest__TrustedProxies", "Ingest__ImportOlderThan", "Rules__Path",
    ];

    /// <summary>What the Functions host and the Azure client libraries read.</summary>
    public static IReadOnlyList<string> Platform { get; } =
    [
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "AZURE_CLIENT_ID", "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage__accountName", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential", "AzureWebJobs.DeliverEvent.Disabled",
        "ServiceBus__clientId", "ServiceBus__credential",
    ];

    /// <summary>Whose values must come from the vault.</summary>
    public static IReadOnlyList<string> Secret { get; } =
        ["Ingest__Keys__0", "Ingest__Keys__1", "Ingest__SigningSecret", "Ingest__LifecycleKey", "Admin__Keys__0", "Admin__Keys__1", "Rules__HashSecret", "Privacy__Secret"];

    /// <summary>What whoever deploys may give. The rest are secrets, or the template knows them.</summary>
    public static IReadOnlyList<string> Given { get; } =
    [
        .. All.Except(Secret).Except(LocalOnly).Except(
        [
            "CustomerIo__ApiKeySecretUri", "Delivery__Enabled", "Queue__Kind", "ServiceBus__fullyQualifiedNamespace", "ServiceBusQueueName",
            "RateShare__blobServiceUri", "DeliveryLog__tableServiceUri",
        ]),
    ];
}
