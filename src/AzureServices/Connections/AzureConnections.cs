using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.AzureServices.Connections;

/// <summary>Makes clients of storage: with a connection string (the emulator), else by address with the host's identity.</summary>
internal static class AzureConnections
{
    /// <summary>The identity the host runs under. <c>AZURE_CLIENT_ID</c> chooses among several; on a laptop it is whoever is signed in.</summary>
    public static TokenCredential HostIdentity() => new DefaultAzureCredential();

    /// <summary>A client of blob storage.</summary>
    /// <exception cref="MissingConnectionException">Nothing says where it is.</exception>
    public static BlobServiceClient Blobs(RateShareSettings settings, BlobClientOptions options) => settings switch
    {
        { ConnectionString: { } connectionString } => new BlobServiceClient(connectionString.Reveal(), options),
        { BlobServiceUri: { } address } => new BlobServiceClient(address, HostIdentity(), options),
        _ => throw new MissingConnectionException("RateShare__blobServiceUri", "RateShare"),
    };

    /// <summary>A client of table storage.</summary>
    /// <exception cref="MissingConnectionException">Nothing says where it is.</exception>
    public static TableServiceClient Tables(DeliveryLogSettings settings, TableClientOptions options) => settings switch
    {
        { ConnectionString: { } connectionString } => new TableServiceClient(connectionString.Reveal(), options),
        { TableServiceUri: { } address } => new TableServiceClient(address, HostIdentity(), options),
        _ => throw new MissingConnectionException("DeliveryLog__tableServiceUri", "DeliveryLog"),
    };
}

/// <summary>Nothing says where a service of Azure is: the host must not start.</summary>
public sealed class MissingConnectionException(string address, string connectionString)
    : InvalidOperationException($"{address} (an address, for the app's identity) or {connectionString} (a connection string, for the emulator) is missing.");
