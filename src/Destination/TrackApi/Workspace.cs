using CustomerIoDestination.Settings;

namespace CustomerIoDestination.TrackApi;

/// <summary>What is known of the workspace being delivered to.</summary>
/// <param name="Region">Its region; <see cref="CustomerIoRegion.Auto"/> until it is known.</param>
/// <param name="Url">The base URL in use; null until it is known.</param>
/// <param name="Number">Its number at Customer.io; null until it is known.</param>
/// <param name="LastPing">The last ping's result; null before the first.</param>
public sealed record Workspace(CustomerIoRegion Region, Uri? Url, long? Number, PingResult? LastPing)
{
    /// <summary>What the settings alone say.</summary>
    public static Workspace Of(CustomerIoSettings settings) => new(settings.Region, BaseOf(settings), null, null);

    /// <summary>What a ping added.</summary>
    public Workspace After(PingResult ping, CustomerIoSettings settings) => ping switch
    {
        PingResult.Good good => new Workspace(good.Region, good.Url, good.Workspace, ping),
        // Asked to find the region itself, it follows the workspace to the other one; the next ping tells whether that works.
        PingResult.WrongUrl { Url: { } url } when settings is { Region: CustomerIoRegion.Auto, TrackApiUrl: null } =>
            this with { Region = url == TrackApiUrl.Eu ? CustomerIoRegion.Eu : CustomerIoRegion.Us, Url = url, LastPing = ping },
        _ => this with { LastPing = ping },
    };

    private static Uri? BaseOf(CustomerIoSettings settings) =>
        settings is { Region: CustomerIoRegion.Auto, TrackApiUrl: null } ? null : TrackApiUrl.For(settings);
}

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

/// <summary>Where the Track API's credentials come from: the settings, or a vault that may rotate them.</summary>
public interface ICredentialSource
{
    /// <summary>The credentials to use now; null when they can't be had now. Answers at once when it knows them; returns the same instance until they change.</summary>
    ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken);

    /// <summary>They were refused or will be checked: read them anew at the next call.</summary>
    void Forget();
}

/// <summary>The Track API's credentials, for HTTP Basic authentication.</summary>
/// <param name="SiteId">The workspace's site id.</param>
/// <param name="ApiKey">The Track API key.</param>
public sealed record TrackApiCredentials(string SiteId, Secret ApiKey);

/// <summary>The credentials in the settings.</summary>
internal sealed class ConfiguredCredentials(CustomerIoSettings settings) : ICredentialSource
{
    private readonly TrackApiCredentials? _credentials =
        settings is { SiteId: { } siteId, ApiKey: { } apiKey } ? new TrackApiCredentials(siteId, apiKey) : null;

    public ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken) => new(_credentials);

    public void Forget()
    {
        // Settings don't change while the process runs.
    }
}
