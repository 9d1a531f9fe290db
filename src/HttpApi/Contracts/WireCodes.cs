using System.Diagnostics;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>The names of values as this API writes them.</summary>
internal static class WireCodes
{
    public static string ToCode(this DestinationState state) => state switch
    {
        DestinationState.Delivering => "delivering",
        DestinationState.Unavailable => "unavailable",
        DestinationState.Paused => "paused",
        DestinationState.Disabled => "disabled",
        _ => throw new UnreachableException(),
    };

    public static string ToCode(this CredentialsState credentials) => credentials switch
    {
        CredentialsState.Unchecked => "unchecked",
        CredentialsState.Valid => "valid",
        CredentialsState.Invalid => "invalid",
        _ => throw new UnreachableException(),
    };

    public static string ToCode(this CustomerIoRegion region) => region switch
    {
        CustomerIoRegion.Auto => "auto",
        CustomerIoRegion.Us => "us",
        CustomerIoRegion.Eu => "eu",
        _ => throw new UnreachableException(),
    };

    public static string ToCode(this Lane lane) => lane switch
    {
        Lane.Live => "live",
        Lane.Import => "import",
        _ => throw new UnreachableException(),
    };
}
