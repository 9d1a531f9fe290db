using System.Collections.Frozen;
using System.Net;
using CustomerIoDestination.HttpApi.Answers;
using CustomerIoDestination.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using IPNetwork = System.Net.IPNetwork;

namespace CustomerIoDestination.HttpApi.Authentication;

/// <summary>
/// Lets browsers send events: with a write key, and from a page of an allowed origin. Neither is a secret, and a program can claim any origin, so what passes here is a
/// stranger's: it sends events of some kinds and reads nothing. Answers CORS for <c>POST /api/events</c> alone.
/// </summary>
internal sealed class BrowserDoor
{
    private static readonly PathString Path = "/api/events";

    private readonly KeyRing _keys;
    private readonly FrozenSet<string> _origins;
    private readonly CorsPolicy _policy;
    private readonly CorsService _cors = new(Options.Create(new CorsOptions()), NullLoggerFactory.Instance);

    public BrowserDoor(IngestSettings settings)
    {
        _keys = new KeyRing(settings.WriteKeys);
        _origins = settings.AllowedOrigins.ToFrozenSet(StringComparer.Ordinal);

        // Two hours is the longest that browsers remember it.
        _policy = new CorsPolicyBuilder([.. settings.AllowedOrigins])
            .WithMethods(HttpMethods.Post)
            .WithHeaders("Content-Type", RequestHeaders.WriteKey)
            .WithExposedHeaders("Retry-After")
            .SetPreflightMaxAge(TimeSpan.FromHours(2))
            .Build();
    }

    /// <summary>The write key a request shows; null for none.</summary>
    public static string? WriteKeyOf(HttpRequest request) => RequestHeaders.Read(request, RequestHeaders.WriteKey) ?? RequestHeaders.Single(request.Query["writeKey"]);

    /// <summary>Decides by key and origin.</summary>
    public Admission Admit(string writeKey, HttpRequest request) =>
        !_keys.Opens(writeKey) ? Admission.Refused(ApiErrors.WriteKeyWrong)
        : !IsAllowed(request) ? Admission.Refused(ApiErrors.OriginNotAllowed)
        : Admission.GrantedToBrowser;

    /// <summary>The answer to a page that asks before it sends events; null when the request is no such question.</summary>
    public IResult? AnswerPreflight(HttpRequest request)
    {
        bool isPreflight = HttpMethods.IsOptions(request.Method) && IsEvents(request.Path)
            && request.Headers.Origin.Count > 0 && request.Headers.AccessControlRequestMethod.Count > 0;
        if (!isPreflight)
        {
            return null;
        }

        LetPageRead(request.HttpContext);
        return IsAllowed(request) ? TypedResults.NoContent() : ApiErrors.OriginNotAllowed;
    }

    /// <summary>Lets a page of an allowed origin read the answer.</summary>
    public void LetPageRead(HttpContext context) => _cors.ApplyResult(_cors.EvaluatePolicy(context, _policy), context.Response);

    private static bool IsEvents(PathString path) => path.StartsWithSegments(Path, StringComparison.OrdinalIgnoreCase, out PathString rest) && (!rest.HasValue || rest == "/");

    private bool IsAllowed(HttpRequest request) => RequestHeaders.Read(request, "Origin") is { } origin && _origins.Contains(origin);
}

/// <summary>The address a browser's request comes from: whoever connects, or what trusted proxies added last to <c>X-Forwarded-For</c>.</summary>
internal sealed class CallerAddress
{
    private static readonly IPNetwork[] ThisMachine = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    private readonly ForwardedHeadersMiddleware? _forwarded;

    /// <param name="settings">Whose word is taken.</param>
    /// <param name="host">Whether a front end calls from this machine.</param>
    public CallerAddress(DestinationSettings settings, HostTraits host)
    {
        IReadOnlyList<IPNetwork> proxies = settings.Ingest.TrustedProxies;
        IReadOnlyList<IPNetwork> trusted = host.BehindPlatform ? [.. proxies, .. ThisMachine] : proxies;
        if (trusted.Count == 0)
        {
            return;
        }

        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (IPNetwork network in trusted)
        {
            options.KnownIPNetworks.Add(network);
        }

        _forwarded = new ForwardedHeadersMiddleware(_ => Task.CompletedTask, NullLoggerFactory.Instance, Options.Create(options));
    }

    /// <summary>The address; null where the server knows none. Proxies' entries are taken off the request.</summary>
    public IPAddress? Of(HttpContext context)
    {
        _forwarded?.ApplyForwarders(context);
        return context.Connection.RemoteIpAddress;
    }
}
