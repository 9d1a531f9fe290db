namespace CustomerIoDestination.Settings;

/// <summary>
/// Every setting there is, by its one name: the same in the environment, in <c>local.settings.json</c> and in Bicep. README, sample settings and
/// infrastructure are held against this list by tests.
/// </summary>
public static class SettingNames
{
    /// <summary>The names, in the order of the flow.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "CustomerIo__SiteId",
        "CustomerIo__ApiKey",
        "CustomerIo__ApiKeySecretUri",
        "CustomerIo__Region",
        "CustomerIo__TrackApiUrl",
        "CustomerIo__AllowHttp",
        "Delivery__Enabled",
        "Delivery__RequestsPerSecond",
        "Delivery__Mode",
        "Delivery__RetryWindow",
        "Delivery__HoldBudget",
        "Delivery__BatchItems",
        "Delivery__BatchAnonymous",
        "Delivery__LivePartitions",
        "Delivery__ImportPartitions",
        "Mapping__PersonIdentifier",
        "Mapping__ConvertDates",
        "Mapping__SendNulls",
        "Mapping__AnonymousId",
        "Mapping__EmailFromProperties",
        "Mapping__PlaceholderIdentifiers",
        "Mapping__EventIdProperty",
        "Mapping__UnidentifiedIdentify",
        "Mapping__MayCreatePeople",
        "Mapping__EventsMayCreatePeople",
        "Mapping__WithoutEmail",
        "Mapping__ObjectTypeId",
        "Mapping__ClaimAnonymous",
        "Mapping__RepeatMergeAfter",
        "Mapping__AsOfNow",
        "Limits__AttributeName",
        "Limits__AttributeValue",
        "Limits__AttributeCount",
        "Limits__EventName",
        "Limits__PageName",
        "Rules__Path",
        "Rules__HashSecret",
        "Ingest__Keys__0",
        "Ingest__Keys__1",
        "Ingest__WriteKeys__0",
        "Ingest__WriteKeys__1",
        "Ingest__AllowedOrigins",
        "Ingest__BrowserRate",
        "Ingest__BrowserIdentify",
        "Ingest__TrustedProxies",
        "Ingest__SigningSecret",
        "Ingest__LifecycleKey",
        "Ingest__ImportOlderThan",
        "Ingest__MaxBodyBytes",
        "Privacy__Hipaa",
        "Admin__Keys__0",
        "Admin__Keys__1",
        "Queue__Kind",
        "Queue__Path",
        "Queue__SeenMemory",
        "ServiceBus",
        "ServiceBus__fullyQualifiedNamespace",
        "ServiceBus__TransportType",
        "ServiceBusQueueName",
        "Sandbox__Enabled",
        "Sandbox__Port",
        "Sandbox__SiteId",
        "Sandbox__ApiKey",
        "DeadLetters__Retention",
        "Privacy__Secret",
        "Privacy__ForgetWindow",
        "RateShare",
        "RateShare__blobServiceUri",
        "DeliveryLog",
        "DeliveryLog__tableServiceUri",
        "Telemetry__SuccessSampling",
    ];

    /// <summary>The sections whose settings are all known: a name in them that is not in <see cref="All"/> is a mistake.</summary>
    internal static IReadOnlyList<string> Sections { get; } =
        [.. All.Where(name => name.Contains("__", StringComparison.Ordinal)).Select(name => name[..name.IndexOf("__", StringComparison.Ordinal)]).Distinct(StringComparer.Ordinal)];

    /// <summary>Names in these sections that the Functions host reads, not this product: how its trigger authenticates.</summary>
    internal static IReadOnlyList<string> ReadByTheFunctionsHost { get; } = ["ServiceBus__clientId", "ServiceBus__credential"];
}
