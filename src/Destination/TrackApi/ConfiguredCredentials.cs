using CustomerIoDestination.Settings;

namespace CustomerIoDestination.TrackApi;

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
