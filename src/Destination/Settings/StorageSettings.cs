namespace CustomerIoDestination.Settings;

/// <summary>Where processes share the rate: blob storage, with a connection string (the emulator), or by address with the host's identity.</summary>
public sealed record RateShareSettings
{
    /// <summary>The connection string; null where the identity is used.</summary>
    [SettingName("RateShare")]
    public Secret? ConnectionString { get; init; }

    /// <summary>The address of the blob service; null where there is a connection string.</summary>
    [SettingName("RateShare__blobServiceUri")]
    public Uri? BlobServiceUri { get; init; }

    /// <summary>Whether anything says where it is.</summary>
    public bool IsConfigured => ConnectionString is not null || BlobServiceUri is not null;
}

/// <summary>Where the delivery log and the state lie: table storage, with a connection string (the emulator), or by address with the host's identity.</summary>
public sealed record DeliveryLogSettings
{
    /// <summary>The connection string; null where the identity is used.</summary>
    [SettingName("DeliveryLog")]
    public Secret? ConnectionString { get; init; }

    /// <summary>The address of the table service; null where there is a connection string.</summary>
    [SettingName("DeliveryLog__tableServiceUri")]
    public Uri? TableServiceUri { get; init; }

    /// <summary>Whether anything says where it is.</summary>
    public bool IsConfigured => ConnectionString is not null || TableServiceUri is not null;
}

/// <summary>The rules.</summary>
public sealed record RulesSettings
{
    /// <summary>The file; null for <c>destination.json</c> in the working directory or beside the application, if there is one.</summary>
    public string? Path { get; init; }

    /// <summary>The secret of the operation <c>hashProperty</c>; null when it is not used.</summary>
    [SecretLength(AdminSettings.MinimumKeyLength)]
    public Secret? HashSecret { get; init; }
}

/// <summary>What is told of deliveries, where a host sends telemetry.</summary>
public sealed record TelemetrySettings
{
    /// <summary>The share of traces kept in which nothing failed, 0 to 1. Failures are kept whatever it is, and metrics count everything.</summary>
    [Share]
    public double SuccessSampling { get; init; } = 0.1;
}
