using CustomerIoDestination.Settings;

namespace CustomerIoDestination.TrackApi;

/// <summary>What asking Customer.io for the region of the credentials came to. Nothing is written by it and it carries no personal data.</summary>
public abstract record PingResult
{
    private PingResult()
    {
    }

    /// <summary>Key and region fit.</summary>
    /// <param name="Region">The workspace's region.</param>
    /// <param name="Url">The Track API's base URL in use.</param>
    /// <param name="Workspace">The workspace's number (<c>environment_id</c>); null when the answer named none.</param>
    public sealed record Good(CustomerIoRegion Region, Uri Url, long? Workspace) : PingResult;

    /// <summary>The key is refused (401, 403) or the call redirected (3xx: the wrong region).</summary>
    /// <param name="Status">The HTTP status.</param>
    public sealed record Refused(int Status) : PingResult;

    /// <summary>There is no key: none is configured, or the vault that holds it was never readable. Nothing was asked.</summary>
    public sealed record NoCredentials : PingResult;

    /// <summary>The workspace lives at another URL, or there is no Track API at the configured one.</summary>
    /// <param name="Url">Where the workspace lives; null when nobody said.</param>
    public sealed record WrongUrl(Uri? Url) : PingResult;

    /// <summary>No answer that says anything: try again later.</summary>
    /// <param name="Code">A bounded code, for instance <c>timeout</c>.</param>
    /// <param name="Status">The HTTP status; null when there was no answer.</param>
    public sealed record NoAnswer(string Code, int? Status) : PingResult;
}
