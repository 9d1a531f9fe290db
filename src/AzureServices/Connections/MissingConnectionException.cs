namespace CustomerIoDestination.AzureServices.Connections;

/// <summary>Nothing says where a service of Azure is: the host must not start.</summary>
public sealed class MissingConnectionException(string address, string connectionString)
    : InvalidOperationException($"{address} (an address, for the app's identity) or {connectionString} (a connection string, for the emulator) is missing.");
