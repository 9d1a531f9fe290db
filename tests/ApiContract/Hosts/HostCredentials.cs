namespace CustomerIoDestination.ApiContract.Hosts;

/// <summary>What opens the host's routes.</summary>
/// <param name="IngestKey">One of <c>Ingest__Keys</c>.</param>
/// <param name="AdminKey">One of <c>Admin__Keys</c>.</param>
/// <param name="SigningSecret"><c>Ingest__SigningSecret</c>.</param>
/// <param name="LifecycleKey"><c>Ingest__LifecycleKey</c>.</param>
public sealed record HostCredentials(string IngestKey, string AdminKey, string SigningSecret, string LifecycleKey);
