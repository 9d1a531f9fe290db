using CustomerIoDestination.Settings;

namespace CustomerIoDestination.TrackApi;

/// <summary>The Track API's base URLs (https://docs.customer.io/api/track/).</summary>
public static class TrackApiUrl
{
    /// <summary>United States.</summary>
    public static Uri Us { get; } = new("https://track.customer.io");

    /// <summary>European Union.</summary>
    public static Uri Eu { get; } = new("https://track-eu.customer.io");

    /// <summary>The URL the settings name; for <see cref="CustomerIoRegion.Auto"/> the United States' until Customer.io was asked.</summary>
    public static Uri For(CustomerIoSettings settings) => settings switch
    {
        { TrackApiUrl: { } url } => url,
        { Region: CustomerIoRegion.Eu } => Eu,
        _ => Us,
    };
}
