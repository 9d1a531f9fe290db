namespace CustomerIoDestination.Infra.Support;

/// <summary>The settings' names, by who reads them.</summary>
internal static class Settings
{
    /// <summary>
    /// What the product reads, everywhere: the options' catalogue. Stands for <c>CustomerIoDestination.Settings.SettingNames.All</c>, whose names are these.
    /// </summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "CustomerIo__SiteId", "CustomerIo__ApiKey", "CustomerIo__ApiKeySecretUri", "CustomerIo__Region", "CustomerIo__TrackApiUrl",
        "Delivery__RequestsPerSecond", "Delivery__Mode", "Delivery__Enabled", "Delivery__RetryWindow", "Delivery__HoldBudget", "Delivery__BatchItems",
        "Delivery__BatchAnonymous", "Delivery__LivePartitions", "Delivery__ImportPartitions",
        "Mapping__PersonIdentifier", "Mapping__ConvertDates", "Mapping__SendNulls", "Mapping__AnonymousId", "Mapping__EmailFromProperties", "Mapping__EventIdProperty",
        "Mapping__UnidentifiedIdentify", "Mapping__ObjectTypeId", "Mapping__RepeatMergeAfter", "Mapping__MayCreatePeople", "Mapping__WithoutEmail", "Mapping__AsOfNow",
        "Limits__AttributeName", "Limits__AttributeValue", "Limits__AttributeCount", "Limits__EventName", "Limits__PageName",
        "Ingest__Keys__0", "Ingest__Keys__1", "Ingest__SigningSecret", "Ingest__LifecycleKey", "Ingest__ImportOlderThan", "Ingest__MaxBodyBytes",
        "Admin__Keys__0", "Admin__Keys__1",
        "Queue__Kind", "Queue__Path", "Sandbox__Port", "Sandbox__SiteId", "Sandbox__ApiKey",
        "Rules__Path", "Rules__HashSecret", "DeadLetters__Retention",
        "ServiceBus", "ServiceBus__fullyQualifiedNamespace", "ServiceBusQueueName", "RateShare__blobServiceUri", "DeliveryLog__tableServiceUri",
    ];

    /// <summary>What only a laptop has: the local host's file and sandbox, and what the cloud has in a safer form.</summary>
    public static IReadOnlyList<string> LocalOnly { get; } =
        ["Queue__Path", "Sandbox__Port", "Sandbox__SiteId", "Sandbox__ApiKey", "ServiceBus", "CustomerIo__ApiKey"];

    /// <summary>What is unset unless somebody wants it: an empty text is not the same as none.</summary>
    public static IReadOnlyList<string> UnsetByDefault { get; } =
        ["CustomerIo__TrackApiUrl", "Mapping__EventIdProperty", "Mapping__RepeatMergeAfter", "Ingest__ImportOlderThan", "Rules__Path"];

    /// <summary>What the Functions host and the Azure client libraries read.</summary>
    public static IReadOnlyList<string> Platform { get; } =
    [
        "APPLICATIONINSIGHTS_CONNECTION_STRING", "APPLICATIONINSIGHTS_AUTHENTICATION_STRING", "AZURE_CLIENT_ID", "AzureWebJobsDisableHomepage",
        "AzureWebJobsStorage__blobServiceUri", "AzureWebJobsStorage__clientId", "AzureWebJobsStorage__credential", "AzureWebJobs.DeliverEvent.Disabled",
        "ServiceBus__clientId", "ServiceBus__credential",
    ];

    /// <summary>Whose values must come from the vault.</summary>
    public static IReadOnlyList<string> Secret { get; } =
        ["Ingest__Keys__0", "Ingest__Keys__1", "Ingest__SigningSecret", "Ingest__LifecycleKey", "Admin__Keys__0", "Admin__Keys__1", "Rules__HashSecret"];
}
