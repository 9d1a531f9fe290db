namespace CustomerIoDestination.ApiContract.Hosts;

/// <summary>The settings every host is started with, by the same names. What a host needs beyond them is where its queue and its log lie.</summary>
public static class ContractSettings
{
    /// <summary>The first of each kind in <see cref="Keys"/>.</summary>
    public static HostCredentials Credentials { get; } =
        new("contract-ingest-key", "contract-admin-key", "contract-signing-secret", "contract-lifecycle-key");

    /// <summary>The second ones, where there are two.</summary>
    public static HostCredentials OtherCredentials { get; } = Credentials with { IngestKey = "contract-other-ingest-key", AdminKey = "contract-other-admin-key" };

    /// <summary>Who may do what.</summary>
    public static IReadOnlyDictionary<string, string> Keys { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Ingest__Keys__0"] = Credentials.IngestKey,
        ["Ingest__Keys__1"] = OtherCredentials.IngestKey,
        ["Ingest__SigningSecret"] = Credentials.SigningSecret,
        ["Ingest__LifecycleKey"] = Credentials.LifecycleKey,
        ["Admin__Keys__0"] = Credentials.AdminKey,
        ["Admin__Keys__1"] = OtherCredentials.AdminKey,
    };

    /// <summary>A workspace in a sandbox.</summary>
    public static IReadOnlyDictionary<string, string> Workspace(Uri sandbox) => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["CustomerIo__SiteId"] = "contract",
        ["CustomerIo__ApiKey"] = "contract",
        ["CustomerIo__TrackApiUrl"] = sandbox.AbsoluteUri,
        ["Delivery__RequestsPerSecond"] = "1000",
    };
}
