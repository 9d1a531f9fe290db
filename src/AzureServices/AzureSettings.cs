using System.Diagnostics;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.AzureServices;

/// <summary>The settings of a host in Azure.</summary>
public static class AzureSettings
{
    /// <summary>Reads and checks every setting.</summary>
    /// <exception cref="InvalidOperationException">They are not good; the message lists every problem, and no secret. The host must not start.</exception>
    public static DestinationSettings Read(IConfiguration configuration) => SettingsReader.Read(configuration) switch
    {
        SettingsResult.Valid valid => valid.Settings,
        SettingsResult.Invalid invalid => throw new InvalidOperationException(invalid.Message),
        _ => throw new UnreachableException(),
    };
}
