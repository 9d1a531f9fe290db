using System.Net;

namespace CustomerIoDestination.Settings;

/// <summary>Who may send events, and how much at once.</summary>
public sealed record IngestSettings
{
    /// <summary>The ingest keys, either of which opens <c>POST /api/events</c>; two, so that they can be rotated.</summary>
    [SecretLength(AdminSettings.MinimumKeyLength)]
    public IReadOnlyList<Secret> Keys { get; init; } = [];

    /// <summary>The secret of the request signature; null when signatures are not used.</summary>
    [SecretLength(AdminSettings.MinimumKeyLength)]
    public Secret? SigningSecret { get; init; }

    /// <summary>The key that lets delete and suppress events count; null when none does.</summary>
    [SecretLength(AdminSettings.MinimumKeyLength)]
    public Secret? LifecycleKey { get; init; }

    /// <summary>
    /// The write keys, either of which lets a page of <see cref="AllowedOrigins"/> send events: public by nature, because everybody can read them there. They open
    /// less than an ingest key does.
    /// </summary>
    [SecretLength(AdminSettings.MinimumKeyLength)]
    public IReadOnlyList<Secret> WriteKeys { get; init; } = [];

    /// <summary>The origins of pages that may send events with a write key, as browsers write them: <c>https://www.example.com</c>.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>Requests a minute that a browser's device may make; an address may make ten times as many, at most so many of them at once. A batch is one request.</summary>
    [WholeNumber(1, 100_000)]
    public int BrowserRate { get; init; } = 100;

    /// <summary>Proxies whose word on a browser's address is taken (<c>X-Forwarded-For</c>); none: the address is that of whoever connects.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Events older than this go to the import lane; null (the default) for never, because splitting a device over two lanes breaks its order.</summary>
    [TimeSpanWithin("00:01:00", "3650.00:00:00")]
    public TimeSpan? ImportOlderThan { get; init; }

    /// <summary>The most bytes of one request's body, before and after gunzip.</summary>
    [WholeNumber(1_024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; init; } = 1024 * 1024;
}

/// <summary>What health data asks for, and how people are forgotten.</summary>
public sealed record PrivacySettings
{
    /// <summary>The shortest <see cref="Secret"/>.</summary>
    public const int MinimumSecretLength = 32;

    /// <summary>Whether a set-up that would let health data out is refused at the start: browsers as senders, unencrypted calls, a sandbox that others reach.</summary>
    public bool Hipaa { get; init; }

    /// <summary>What people are hashed with; null for one that is made once and kept with the queue.</summary>
    [SecretLength(MinimumSecretLength)]
    public Secret? Secret { get; init; }

    /// <summary>How long events of a person that was forgotten are not sent.</summary>
    [TimeSpanWithin("01:00:00", "3650.00:00:00")]
    public TimeSpan ForgetWindow { get; init; } = TimeSpan.FromDays(30);
}

/// <summary>Who may look and operate.</summary>
public sealed record AdminSettings
{
    /// <summary>Keys and secrets shorter than this can be guessed.</summary>
    public const int MinimumKeyLength = 16;

    /// <summary>The admin keys, either of which opens every route but ingest; two, so that they can be rotated.</summary>
    [SecretLength(MinimumKeyLength)]
    public IReadOnlyList<Secret> Keys { get; init; } = [];
}
