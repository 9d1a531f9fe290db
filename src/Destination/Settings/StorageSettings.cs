namespace CustomerIoDestination.Settings;

/// <summary>Where processes share the rate: blob storage, with a connection string (the emulator), or by address with the host's identity.</summary>
public sealed record RateShareSettings
{
    /// <summary>The connection string; null where the identity is used.</summary>
    public Secret? ConnectionString { get; init; }

    /// <summary>The address of the blob service; null where there is a connection string.</summary>
    public Uri? BlobServiceUri { get; init; }

    /// <summary>Whether anything says where it is.</summary>
    public bool IsConfigured => ConnectionString is not null || BlobServiceUri is not null;
}

/// <summary>Where the delivery log and the state lie: table storage, with a connection string (the emulator), or by address with the host's identity.</summary>
public sealed record DeliveryLogSettings
{
    /// <summary>The connection string; null where the identity is used.</summary>
    public Secret? ConnectionString { get; init; }

    /// <summary>The address of the table service; null where there is a connection string.</summary>
    public Uri? TableServiceUri { get; init; }

    /// <summary>Whether anything says where it is.</summary>
    public bool IsConfigured => ConnectionString is not null || TableServiceUri is not null;
}
