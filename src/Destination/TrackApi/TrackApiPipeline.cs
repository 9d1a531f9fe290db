using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Threading.RateLimiting;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Text;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Retry;

namespace CustomerIoDestination.TrackApi;

/// <summary>
/// What surrounds one call: quick retry → limiter → attempt timeout → the call (<see cref="TrackApiWire"/>). The limiter sits inside the retry, so that a
/// repeat needs a permit like any request. Waits longer than a blink are the delivery handler's. Thread-safe.
/// </summary>
internal sealed class TrackApiPipeline
{
    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A Retry-After up to this is waited for here; a longer one is handed up.</summary>
    public static readonly TimeSpan LongestQuickWait = TimeSpan.FromSeconds(2);

    private static readonly ResiliencePropertyKey<TrackApiCall> CallKey = new("call");

    private readonly TrackApiWire _wire;
    private readonly ResiliencePipeline<TrackApiAnswer> _pipeline;

    public TrackApiPipeline(TrackApiWire wire, RequestLimiter limiter, Random random, TimeProvider time)
    {
        _wire = wire;
        HttpRetryStrategyOptions quick = new() { MaxRetryAttempts = 2, Delay = TimeSpan.FromMilliseconds(100) };
        _pipeline = new ResiliencePipelineBuilder<TrackApiAnswer> { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions<TrackApiAnswer>
            {
                MaxRetryAttempts = quick.MaxRetryAttempts,
                ShouldHandle = static arguments => ValueTask.FromResult(IsWorthAQuickRetry(CallOf(arguments.Context), arguments.Outcome.Result)),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(
                    arguments.Outcome.Result is TrackApiAnswer.Unavailable { RetryAfter: { } wait }
                        ? RetryAfter.Bounded(wait)
                        : quick.Delay * (1 << arguments.AttemptNumber) * (1 + random.NextDouble())),
                OnRetry = static arguments =>
                {
                    if (arguments.Outcome.Result is TrackApiAnswer.Unavailable failed)
                    {
                        CallOf(arguments.Context).Repeats?.Invoke(failed, arguments.RetryDelay);
                    }

                    return ValueTask.CompletedTask;
                },
            })
            .AddRateLimiter(new HttpRateLimiterStrategyOptions { RateLimiter = arguments => AcquireAsync(limiter, CallOf(arguments.Context)) })
            .AddTimeout(new HttpTimeoutStrategyOptions { Timeout = AttemptTimeout })
            .Build();
    }

    /// <summary>Makes a call, with quick retries, and returns the last answer with the number of calls.</summary>
    /// <exception cref="OperationCanceledException">It was stopped before the first call went out.</exception>
    /// <exception cref="WithdrawnException">It is not to be made any more.</exception>
    public async ValueTask<TrackApiAnswer> AskAsync(TrackApiCall call)
    {
        TrackApiAnswer? last = null;
        int calls = 0;
        ResilienceContext context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        context.Properties.Set(CallKey, call);
        try
        {
            await _pipeline.ExecuteAsync(
                async attempt =>
                {
                    // A permit may be waited for as long as there is a backlog.
                    if (call.MayGo is { } mayGo && !await mayGo())
                    {
                        throw new WithdrawnException();
                    }

                    return last = await _wire.CallAsync(call, ++calls, attempt.CancellationToken);
                },
                context);
        }
        catch (OperationCanceledException) when (last is not null)
        {
            // A quick retry was given up while it waited for its permit: the call before it counts.
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }

        return calls == 1 ? last! : last! with { Calls = calls };
    }

    private static bool IsWorthAQuickRetry(TrackApiCall call, TrackApiAnswer? answer) => call.MayRepeat && !call.Stopping.IsCancellationRequested && answer switch
    {
        TrackApiAnswer.Unavailable { RetryAfter: { } wait } => wait <= LongestQuickWait,
        // Who sends 429 without saying for how long is not asked again at once.
        TrackApiAnswer.Unavailable { HttpStatus: 429 } => false,
        TrackApiAnswer.Unavailable => true,
        _ => false,
    };

    private static async ValueTask<RateLimitLease> AcquireAsync(RequestLimiter limiter, TrackApiCall call)
    {
        await limiter.AcquireAsync(call.Lane, call.Stopping);
        return Permit.Granted;
    }

    private static TrackApiCall CallOf(ResilienceContext context) => context.Properties.GetValue(CallKey, null!);

    /// <summary>A permit as the pipeline wants it. There is nothing to give back, so one serves all.</summary>
    private sealed class Permit : RateLimitLease
    {
        public static Permit Granted { get; } = new();

        public override bool IsAcquired => true;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}

/// <summary>
/// One call on the wire, and the only code that speaks HTTP: reads the answer under the attempt's deadline, bounded, and makes it harmless before
/// anybody else sees it; measures it; tells the limiter of a 429. Thread-safe.
/// </summary>
internal sealed class TrackApiWire(IHttpClientFactory clients, RequestLimiter limiter, DestinationMetrics metrics, TimeProvider time)
{
    public const string ClientName = "customerio-track-api";

    // Answers are short.
    private const int FirstBytes = 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly UriCreationOptions AsGiven = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http = clients.CreateClient(ClientName);
    private long _lastAnswerTicks;

    /// <summary>When Customer.io last answered anything, whatever it was; null when it never did.</summary>
    public DateTimeOffset? LastAnswerAt => Interlocked.Read(ref _lastAnswerTicks) is not 0 and long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    /// <summary>The handler on the wire.</summary>
    public static SocketsHttpHandler CreateSocketsHandler() => new()
    {
        // A redirect means the wrong region; following one loses the Authorization header and turns a POST into a GET.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TrackApiPipeline.AttemptTimeout,
        EnableMultipleHttp2Connections = true,
        // Without a propagator the handler makes no span of its own, which would hold the full URL, and sends no trace headers out.
        ActivityHeadersPropagator = null,
    };

    /// <summary>Makes one call. That no answer came is an answer too: <see cref="TrackApiAnswer.Unavailable"/>.</summary>
    /// <param name="call">The call.</param>
    /// <param name="number">Which it is for the request, 1 for the first.</param>
    /// <param name="deadline">Cancelled when the attempt took too long.</param>
    public async ValueTask<TrackApiAnswer> CallAsync(TrackApiCall call, int number, CancellationToken deadline)
    {
        long start = time.GetTimestamp();
        using HttpRequestMessage message = MessageOf(call);
        string route = call.Request.Route;
        using Activity? activity = DestinationTracing.StartCall(message.Method.Method, route, call.Root.Host, number);
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline);
            TrackApiAnswer answer = await ReadAsync(call, response, deadline);
            Interlocked.Exchange(ref _lastAnswerTicks, time.GetUtcNow().UtcTicks);
            int status = (int)response.StatusCode;
            metrics.Called(route, message.Method, AnswerTable.HttpCode(status), time.GetElapsedTime(start));
            DestinationTracing.EndCall(activity, status, status >= 400 ? AnswerTable.HttpCode(status) : null);
            return answer;
        }
        catch (Exception exception)
        {
            string code = TransportFailure.Code(exception);
            metrics.Called(route, message.Method, code, time.GetElapsedTime(start));
            DestinationTracing.EndCall(activity, status: null, code);
            if (TransportFailure.Is(exception))
            {
                return new TrackApiAnswer.Unavailable(code, null, null);
            }

            throw;
        }
    }

    private async ValueTask<TrackApiAnswer> ReadAsync(TrackApiCall call, HttpResponseMessage response, CancellationToken deadline)
    {
        int status = (int)response.StatusCode;
        if (status == 429 && limiter.Slow())
        {
            metrics.RateLowered();
        }

        TimeSpan? retryAfter = status < 400 ? null : RetryAfter.Read(response.Headers, time.GetUtcNow());
        if (status == 429 && retryAfter is { } wait)
        {
            limiter.Hold(RetryAfter.Bounded(wait));
        }

        try
        {
            using BoundedBuffer body = new(call.MaxAnswerBytes, FirstBytes);
            await using Stream stream = await response.Content.ReadAsStreamAsync(deadline);
            await body.AppendAllAsync(stream, deadline);
            return call.IsPing && status is >= 200 and < 300
                ? RegionAnswer.Read(status, body.Span)
                : AnswerTable.Read(status, body.Span, whole: !body.IsOverBound, retryAfter);
        }
        catch (Exception exception) when (status is < 200 or >= 300 && exception is HttpRequestException or IOException)
        {
            // The status of an error says enough without its body; a success without its body is none.
            return AnswerTable.Read(status, [], whole: false, retryAfter);
        }
    }

    // The path is percent-encoded already; read again, an encoded identifier could turn into another path.
    private static HttpRequestMessage MessageOf(TrackApiCall call)
    {
        Uri uri = new(string.Concat(call.Root.AbsoluteUri.AsSpan().TrimEnd('/'), call.Request.Path), AsGiven);
        HttpRequestMessage message = new(MethodOf(call.Request.Method), uri) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        message.Headers.TryAddWithoutValidation("Authorization", call.Authorization);
        if (!call.Request.Body.IsEmpty)
        {
            message.Content = new ReadOnlyMemoryContent(call.Request.Body) { Headers = { ContentType = Json } };
        }

        return message;
    }

    private static HttpMethod MethodOf(TrackApiMethod method) => method switch
    {
        TrackApiMethod.Get => HttpMethod.Get,
        TrackApiMethod.Post => HttpMethod.Post,
        TrackApiMethod.Put => HttpMethod.Put,
        TrackApiMethod.Delete => HttpMethod.Delete,
        _ => throw new UnreachableException(),
    };
}
