using CustomerIoDestination.Settings;

namespace CustomerIoDestination.TrackApi;

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
