using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.TrackApi;

/// <summary>
/// Customer.io's Track API: tells it one thing (<see cref="SendAsync"/>) and asks for key and region without writing (<see cref="PingAsync"/>).
/// The only class that speaks HTTP. Every request, ping and quick retry passes the limiter. Nothing is sent before the region is known.
/// Disposing of it ends what waits for a permit: the HTTP pipeline, which is disposed of after it, would wait half a minute for each.
/// </summary>
public sealed class TrackApiClient : IDisposable
{
    // 1,000 items with several errors each.
    private const int MaxBatchAnswerBytes = 4 * 1024 * 1024;

    private static readonly DeliveryOutcome.Delivered Delivered = new(200);
    private static readonly DeliveryOutcome.Misconfigured WithoutKey = new(MisconfiguredCodes.CredentialsMissing, null) { Calls = 0 };
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http;
    private readonly CustomerIoSettings _settings;
    private readonly ICredentialSource _credentials;
    private readonly RequestLimiter _limiter;
    private readonly SharedPing _ping;
    private readonly TimeProvider _time;
    private volatile Workspace _workspace;
    private long _lastAnswerTicks;
    private volatile Authorization? _authorization;

    internal TrackApiClient(HttpClient http, CustomerIoSettings settings, ICredentialSource credentials, RequestLimiter limiter, TimeProvider time)
    {
        _http = http;
        _settings = settings;
        _credentials = credentials;
        _limiter = limiter;
        _time = time;
        _ping = new SharedPing(PingOnceAsync, time);
        _workspace = Workspace.Of(settings);
    }

    /// <summary>What is known of the workspace now.</summary>
    public Workspace Workspace => _workspace;

    /// <summary>When Customer.io last answered anything, whatever it was; null when it never did.</summary>
    public DateTimeOffset? LastAnswerAt => Interlocked.Read(ref _lastAnswerTicks) is not 0 and long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>Sends one request, with quick retries.</summary>
    /// <param name="request">What to send; its memory must live until the task ends.</param>
    /// <param name="lane">Whose permit it takes.</param>
    /// <param name="cancellationToken">Ends waits before the request. A request on the wire is finished all the same.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before the request went out.</exception>
    public async ValueTask<DeliveryOutcome> SendAsync(TrackApiRequest request, Lane lane, CancellationToken cancellationToken)
    {
        if (await FindBaseAsync(cancellationToken) is { } notSent)
        {
            return notSent;
        }

        using TrackApiCall call = CallOf(request, lane, cancellationToken);
        return await CallAsync(call) switch
        {
            TrackApiAnswer.Taken { Status: 200, Errors: [] } when call.Calls == 1 => Delivered,
            TrackApiAnswer.Taken { Errors: [] } taken => new DeliveryOutcome.Delivered(taken.Status) { Calls = call.Calls },
            TrackApiAnswer.Taken taken => Rejected(taken.Status, taken.Errors[0], call.Calls),
            TrackApiAnswer.Refused refused => Rejected(refused.Status, refused.Errors[0], call.Calls),
            TrackApiAnswer.Suspicious suspicious => PingDiagnosis.Of(suspicious.Status, await PingAsync(cancellationToken)) with { Calls = call.Calls },
            TrackApiAnswer.Unavailable not => new DeliveryOutcome.Unavailable(not.Code, not.Status, not.RetryAfter) { Calls = call.Calls },
            TrackApiAnswer.NotAsked => WithoutKey,
            _ => throw new UnreachableException(),
        };
    }

    /// <summary>Sends one batch.</summary>
    /// <param name="request">The batch.</param>
    /// <param name="items">How many items it holds.</param>
    /// <param name="lane">Whose permit it takes.</param>
    /// <param name="repeatQuickly">Whether quick retries are made.</param>
    /// <param name="cancellationToken">Ends waits before the request.</param>
    internal async Task<(BatchOutcome Outcome, int Calls)> SendBatchAsync(
        TrackApiRequest request, int items, Lane lane, bool repeatQuickly, CancellationToken cancellationToken)
    {
        if (await FindBaseAsync(cancellationToken) is { } notSent)
        {
            return (new BatchOutcome.Whole(notSent), 0);
        }

        using TrackApiCall call = CallOf(request, lane, cancellationToken, MaxBatchAnswerBytes);
        call.MayRepeat = repeatQuickly;
        return await CallAsync(call) switch
        {
            TrackApiAnswer.Suspicious suspicious => (Of(PingDiagnosis.Of(suspicious.Status, await PingAsync(cancellationToken)) with { Calls = call.Calls }), call.Calls),
            TrackApiAnswer.Unavailable not =>
                (new BatchOutcome.Whole(new DeliveryOutcome.Unavailable(not.Code, not.Status, not.RetryAfter) { Calls = call.Calls }), call.Calls),
            TrackApiAnswer.NotAsked => (new BatchOutcome.Whole(WithoutKey), 0),
            TrackApiAnswer answer => (BatchOutcome.Of(answer, items), call.Calls),
        };

        // Nothing is wrong with key, region and URL: it is something in the batch.
        static BatchOutcome Of(DeliveryOutcome outcome) => outcome is DeliveryOutcome.Rejected rejected
            ? new BatchOutcome.Split(rejected.Status, new AnswerError(null, rejected.Code, rejected.Field, rejected.Message))
            : new BatchOutcome.Whole(outcome);
    }

    /// <summary>Asks Customer.io for the region of the credentials, which checks both. One call in flight; an answer holds ten seconds.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; others who wait still get the answer.</exception>
    public Task<PingResult> PingAsync(CancellationToken cancellationToken) => _ping.AskAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _limiter.Dispose();

    private async Task<PingResult> PingOnceAsync()
    {
        // A rotated key must be seen before the old one is blamed.
        _credentials.Forget();
        Uri? current = _workspace.Url;
        using TrackApiCall call = new(HttpMethod.Get, UriOf(current ?? TrackApiUrl.Us, RegionAnswer.Path), RegionAnswer.Path, Lane.Live, CancellationToken.None)
        {
            IsPing = true,
        };
        PingResult result = RegionAnswer.Judge(await CallAsync(call), _settings, current);
        _workspace = _workspace.After(result, _settings);
        return result;
    }

    private async ValueTask<DeliveryOutcome?> FindBaseAsync(CancellationToken cancellationToken)
    {
        if (_workspace.Url is not null)
        {
            return null;
        }

        PingResult ping = await PingAsync(cancellationToken);
        return _workspace.Url is null ? PingDiagnosis.NotSent(ping) : null;
    }

    private async Task<TrackApiAnswer> CallAsync(TrackApiCall call)
    {
        if (await _credentials.GetAsync(call.Stopping) is not { } credentials)
        {
            return new TrackApiAnswer.NotAsked();
        }

        call.Headers.TryAddWithoutValidation("Authorization", HeaderOf(credentials));
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(call, HttpCompletionOption.ResponseHeadersRead, CancellationToken.None);
            Interlocked.Exchange(ref _lastAnswerTicks, _time.GetUtcNow().UtcTicks);
            return call.Answer!;
        }
        catch (Exception exception) when (call.Answer is not null && (TransportFailure.Is(exception) || exception is OperationCanceledException))
        {
            // Also when a quick retry was given up while it waited for its permit: the call before it counts.
            return call.Answer;
        }
    }

    private TrackApiCall CallOf(TrackApiRequest request, Lane lane, CancellationToken stopping, int maxAnswerBytes = 64 * 1024)
    {
        HttpMethod method = request.Method switch
        {
            TrackApiMethod.Post => HttpMethod.Post,
            TrackApiMethod.Put => HttpMethod.Put,
            TrackApiMethod.Delete => HttpMethod.Delete,
            _ => throw new UnreachableException(),
        };
        TrackApiCall call = new(method, UriOf(_workspace.Url!, request.Path), request.Route, lane, stopping) { MaxAnswerBytes = maxAnswerBytes };
        if (!request.Body.IsEmpty)
        {
            call.Content = new ReadOnlyMemoryContent(request.Body) { Headers = { ContentType = Json } };
        }

        return call;
    }

    // The path is percent-encoded already; read again, an encoded identifier could turn into another path.
    private static Uri UriOf(Uri root, string path) => new(string.Concat(root.AbsoluteUri.AsSpan().TrimEnd('/'), path), AsGiven);

    // Standard base64: the URL-safe alphabet of some clients fails for keys that need the two characters it replaces.
    private string HeaderOf(TrackApiCredentials credentials)
    {
        if (_authorization is not { } known || !ReferenceEquals(known.Credentials, credentials))
        {
            byte[] pair = Encoding.UTF8.GetBytes($"{credentials.SiteId}:{credentials.ApiKey.Reveal()}");
            _authorization = known = new Authorization(credentials, $"Basic {Convert.ToBase64String(pair)}");
        }

        return known.Header;
    }

    private static DeliveryOutcome.Rejected Rejected(int status, AnswerError error, int calls) =>
        new(status, error.Code, error.Field, error.Message) { Calls = calls };

    private sealed record Authorization(TrackApiCredentials Credentials, string Header)
    {
        public override string ToString() => "***";
    }
}
