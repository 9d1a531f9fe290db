using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.AzureServices.Connections;

/// <summary>
/// Makes clients of storage the way the Functions host does it for its own: a connection string under the plain name (the emulator), else the address
/// under <c>…ServiceUri</c> with the app's identity.
/// </summary>
internal static class AzureConnections
{
    /// <summary>The identity: the one <c>AZURE_CLIENT_ID</c> names, else whatever the machine is signed in with.</summary>
    public static TokenCredential Credential(IConfiguration configuration) => configuration["AZURE_CLIENT_ID"] is { Length: > 0 } clientId
        ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
        : new DefaultAzureCredential();

    /// <summary>Blobs by <c>RateShare</c> or <c>RateShare__blobServiceUri</c>.</summary>
    /// <exception cref="MissingConnectionException">Neither is set.</exception>
    public static BlobServiceClient Blobs(IConfiguration configuration, BlobClientOptions options) =>
        configuration["RateShare"] is { Length: > 0 } connectionString ? new BlobServiceClient(connectionString, options)
        : configuration["RateShare:blobServiceUri"] is { Length: > 0 } address ? new BlobServiceClient(new Uri(address), Credential(configuration), options)
        : throw new MissingConnectionException("RateShare__blobServiceUri", "RateShare");

    /// <summary>Tables by <c>DeliveryLog</c> or <c>DeliveryLog__tableServiceUri</c>.</summary>
    /// <exception cref="MissingConnectionException">Neither is set.</exception>
    public static TableServiceClient Tables(IConfiguration configuration, TableClientOptions options) =>
        configuration["DeliveryLog"] is { Length: > 0 } connectionString ? new TableServiceClient(connectionString, options)
        : configuration["DeliveryLog:tableServiceUri"] is { Length: > 0 } address ? new TableServiceClient(new Uri(address), Credential(configuration), options)
        : throw new MissingConnectionException("DeliveryLog__tableServiceUri", "DeliveryLog");
}
