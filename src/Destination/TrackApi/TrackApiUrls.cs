using System.Diagnostics;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.TrackApi;

/// <summary>Where the Track API lives (docs.customer.io/api/track).</summary>
public static class TrackApiUrls
{
    /// <summary>United States.</summary>
    public static Uri Us { get; } = new("https://track.customer.io");

    /// <summary>European Union.</summary>
    public static Uri Eu { get; } = new("https://track-eu.customer.io");

    /// <summary>The base URL of the settings; null when the region has to be asked first.</summary>
    public static Uri? Of(CustomerIoSettings settings) => settings switch
    {
        { TrackApiUrl: { } url } => url,
        { Region: CustomerIoRegion.Us } => Us,
        { Region: CustomerIoRegion.Eu } => Eu,
        { Region: CustomerIoRegion.Auto } => null,
        _ => throw new UnreachableException(),
    };
}
