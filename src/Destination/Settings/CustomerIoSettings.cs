using CustomerIoDestination.Model;

namespace CustomerIoDestination.Settings;

/// <summary>Which region a workspace lives in.</summary>
public enum CustomerIoRegion
{
    /// <summary>Asked of Customer.io at start; nothing is sent until it is known.</summary>
    [Code("auto")]
    Auto,

    /// <summary>United States, <c>https://track.customer.io</c>.</summary>
    [Code("us")]
    Us,

    /// <summary>European Union, <c>https://track-eu.customer.io</c>.</summary>
    [Code("eu")]
    Eu,
}

/// <summary>The workspace to deliver to.</summary>
public sealed record CustomerIoSettings
{
    /// <summary>The site id of the workspace's Track API credentials; null when none is configured (the local host then uses its sandbox).</summary>
    public string? SiteId { get; init; }

    /// <summary>The Track API key.</summary>
    public Secret? ApiKey { get; init; }

    /// <summary>The Key Vault secret that holds the Track API key, instead of <see cref="ApiKey"/>.</summary>
    public Uri? ApiKeySecretUri { get; init; }

    /// <summary>The workspace's region.</summary>
    public CustomerIoRegion Region { get; init; } = CustomerIoRegion.Auto;

    /// <summary>Overrides the region's URL: the sandbox, tests, a proxy. Over http beyond this machine only where <see cref="AllowHttp"/> says so.</summary>
    public Uri? TrackApiUrl { get; init; }

    /// <summary>Whether the key and the events may cross a network unencrypted.</summary>
    public bool AllowHttp { get; init; }

    /// <summary>Whether an address is reached unencrypted over a network.</summary>
    public static bool IsUnencrypted(Uri? url) => url is { Scheme: "http", IsLoopback: false };
}
