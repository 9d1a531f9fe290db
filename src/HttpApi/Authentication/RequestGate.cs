using System.Net;
using System.Text;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.Settings;
using Microsoft.AspNetCore.Http;

namespace CustomerIoDestination.HttpApi.Authentication;

/// <summary>
/// Who may do what: the only place that decides it. A credential whose kind is not configured is not looked at; one that is configured, sent and
/// wrong is refused even beside a right one, because it says that somebody's set-up is broken. A request with a write key is a browser's, whatever else it shows: a
/// key that everybody can read never adds to another.
/// </summary>
internal sealed class RequestGate
{
    private readonly KeyRing _ingestKeys;
    private readonly KeyRing _adminKeys;
    private readonly KeyRing _lifecycleKeys;
    private readonly BrowserDoor? _browsers;
    private readonly byte[]? _signingSecret;
    private readonly KeylessPolicy _keyless;
    private readonly TimeProvider _time;

    public RequestGate(DestinationSettings settings, HostTraits host, TimeProvider time)
    {
        _ingestKeys = new KeyRing(settings.Ingest.Keys);
        _adminKeys = new KeyRing(settings.Admin.Keys);
        _lifecycleKeys = new KeyRing(settings.Ingest.LifecycleKey is { } key ? [key] : []);
        _signingSecret = settings.Ingest.SigningSecret is { } secret ? Encoding.UTF8.GetBytes(secret.Reveal()) : null;
        _browsers = settings.Ingest.WriteKeys.Count > 0 ? new BrowserDoor(settings.Ingest) : null;
        _keyless = host.Keyless;
        _time = time;
    }

    private bool IngestIsKeyless => _ingestKeys.IsEmpty && _signingSecret is null && _browsers is null;

    private bool AnythingIsKeyless => IngestIsKeyless || _adminKeys.IsEmpty;

    /// <summary>Decides by the headers alone; a signature is left to be checked against the body.</summary>
    /// <param name="requirement">What the route asks of a caller.</param>
    /// <param name="mutating">Whether an operator changes something with it.</param>
    /// <param name="request">The request; its body is not read.</param>
    public Admission Admit(RouteRequirement requirement, bool mutating, HttpRequest request)
    {
        string? writeKey = _browsers is not null && requirement == RouteRequirement.Ingest ? BrowserDoor.WriteKeyOf(request) : null;
        if (AnythingIsKeyless && _keyless == KeylessPolicy.LoopbackOnly && LoopbackRule.Refuse(request, anyPage: writeKey is not null) is { } refusal)
        {
            return Admission.Refused(refusal);
        }

        Admission admission = requirement switch
        {
            RouteRequirement.Public => Admission.Granted,
            RouteRequirement.Ingest when writeKey is not null => _browsers!.Admit(writeKey, request),
            RouteRequirement.Ingest => AdmitIngest(request),
            _ => AdmitAdmin(request),
        };
        return admission.Refusal is null && mutating && !IsMeant(request) ? Admission.Refused(ApiErrors.RequestedWithMissing) : admission;
    }

    /// <summary>The answer to a page that asks before it sends events (CORS); null for any other request.</summary>
    public IResult? AnswerPreflight(HttpRequest request) => _browsers?.AnswerPreflight(request);

    /// <summary>Lets a page of an allowed origin read the answer to the events it sent.</summary>
    public void LetPageRead(HttpContext context) => _browsers?.LetPageRead(context);

    private Admission AdmitAdmin(HttpRequest request)
    {
        if (_adminKeys.IsEmpty)
        {
            return _keyless == KeylessPolicy.Refuse ? Admission.Refused(ApiErrors.KeysMissing) : Admission.Granted;
        }

        return RequestHeaders.Read(request, RequestHeaders.AdminKey) switch
        {
            null => Admission.Refused(ApiErrors.AdminKeyMissing),
            { } key when _adminKeys.Opens(key) => Admission.Granted,
            _ => Admission.Refused(ApiErrors.AdminKeyWrong),
        };
    }

    private Admission AdmitIngest(HttpRequest request)
    {
        if (IngestIsKeyless)
        {
            return _keyless == KeylessPolicy.Refuse ? Admission.Refused(ApiErrors.KeysMissing) : AdmitLifecycle(request, signature: null);
        }

        string? key = _ingestKeys.IsEmpty ? null : RequestHeaders.Read(request, RequestHeaders.IngestKey);
        if (key is not null && !_ingestKeys.Opens(key))
        {
            return Admission.Refused(ApiErrors.IngestKeyWrong);
        }

        string? header = _signingSecret is null ? null : RequestHeaders.Read(request, RequestHeaders.Signature);
        if (header is null)
        {
            return key is null ? Admission.Refused(ApiErrors.IngestKeyMissing) : AdmitLifecycle(request, signature: null);
        }

        return BodySignature.Read(header, _signingSecret!) switch
        {
            null => Admission.Refused(ApiErrors.SignatureWrong),
            { } signature when !signature.IsTimely(_time.GetUtcNow()) => Admission.Refused(ApiErrors.SignatureExpired),
            { } signature => AdmitLifecycle(request, signature),
        };
    }

    private Admission AdmitLifecycle(HttpRequest request, BodySignature? signature)
    {
        string? key = _lifecycleKeys.IsEmpty ? null : RequestHeaders.Read(request, RequestHeaders.LifecycleKey);
        if (key is not null && !_lifecycleKeys.Opens(key))
        {
            return Admission.Refused(ApiErrors.LifecycleKeyWrong);
        }

        bool allowed = key is not null || (_lifecycleKeys.IsEmpty && IngestIsKeyless);
        return signature is not null ? new Admission { LifecycleAllowed = allowed, Signature = signature }
            : allowed ? Admission.GrantedWithLifecycle
            : Admission.Granted;
    }

    private static bool IsMeant(HttpRequest request) =>
        string.Equals(RequestHeaders.Read(request, RequestHeaders.RequestedWith), RequestHeaders.RequestedWithValue, StringComparison.OrdinalIgnoreCase);
}

/// <summary>What the gate decided about a request before its body was read.</summary>
internal sealed record Admission
{
    /// <summary>It may pass.</summary>
    public static Admission Granted { get; } = new();

    /// <summary>It may pass, and its delete and suppress events count.</summary>
    public static Admission GrantedWithLifecycle { get; } = new() { LifecycleAllowed = true };

    /// <summary>It may pass, as a browser's.</summary>
    public static Admission GrantedToBrowser { get; } = new() { FromBrowser = true };

    /// <summary>Why it may not pass; null when it may.</summary>
    public ApiError? Refusal { get; init; }

    /// <summary>Whether delete and suppress events count.</summary>
    public bool LifecycleAllowed { get; init; }

    /// <summary>Whether it showed a write key: it is then a stranger's, who read the key in a page.</summary>
    public bool FromBrowser { get; init; }

    /// <summary>The signature the body must still be checked against; null when there is none.</summary>
    public BodySignature? Signature { get; init; }

    /// <summary>It may not pass.</summary>
    public static Admission Refused(ApiError refusal) => new() { Refusal = refusal };
}

/// <summary>What a caller must show to use a route.</summary>
public enum RouteRequirement
{
    /// <summary>Nothing: the route holds no data.</summary>
    Public,

    /// <summary>The ingest key or a signature. Never opens a route that reads.</summary>
    Ingest,

    /// <summary>The admin key.</summary>
    Admin,
}

/// <summary>What becomes of a request to a route whose keys are not configured.</summary>
public enum KeylessPolicy
{
    /// <summary>
    /// The local host: callers on this machine need no key. Requests another site's page makes a browser send are refused on all
    /// routes, and so are host names that are not this machine's (DNS rebinding).
    /// </summary>
    LoopbackOnly,

    /// <summary>A host that can be reached from outside: 403 <c>keys_missing</c>.</summary>
    Refuse,
}

/// <summary>What a host says of itself, whatever the settings.</summary>
/// <param name="Keyless">What a route whose keys are not configured answers.</param>
/// <param name="DeliversToSandbox">Whether events go to a sandbox instead of Customer.io, which the status then tells.</param>
/// <param name="BehindPlatform">Whether a platform's front end stands before the process, as in Functions: it calls from this machine.</param>
internal sealed record HostTraits(KeylessPolicy Keyless, bool DeliversToSandbox, bool BehindPlatform);

/// <summary>
/// What stands in for a key on a host without keys: the caller is on this machine, calls it by its own name, and is no page of another site. A browser
/// sends requests to localhost for any page that asks, so being local proves nothing by itself.
/// </summary>
internal static class LoopbackRule
{
    /// <summary>Why the request is refused; null when it is not.</summary>
    /// <param name="request">The request.</param>
    /// <param name="anyPage">Whether another site's page may ask: it shows a write key, which counts with its own origin only.</param>
    public static ApiError? Refuse(HttpRequest request, bool anyPage = false)
    {
        // In-memory servers have no remote address.
        if (request.HttpContext.Connection.RemoteIpAddress is { } caller && !IPAddress.IsLoopback(caller))
        {
            return ApiErrors.NotLoopback;
        }

        if (!IsThisMachine(request.Host))
        {
            return ApiErrors.ForeignHost;
        }

        return !anyPage && IsForeignPage(request) ? ApiErrors.ForeignOrigin : null;
    }

    private static bool IsThisMachine(HostString host)
    {
        string name = host.Host;
        return string.Equals(name, "localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(name, out IPAddress? address) && IPAddress.IsLoopback(address));
    }

    private static bool IsForeignPage(HttpRequest request)
    {
        if (string.Equals(RequestHeaders.Read(request, "Sec-Fetch-Site"), "cross-site", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        string? origin = RequestHeaders.Read(request, "Origin");
        return origin is not null && !string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
