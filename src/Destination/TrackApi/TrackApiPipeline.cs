using System.Net;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace CustomerIoDestination.TrackApi;

/// <summary>
/// The HTTP pipeline of the Track API: quick retry → limiter → attempt timeout → one call. The limiter sits inside the retry, so that a
/// repeat needs a permit like any request. Waits longer than a blink are the delivery handler's.
/// </summary>
internal static class TrackApiPipeline
{
    public const string ClientName = "customerio-track-api";

    public static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A Retry-After up to this is waited for here; a longer one is handed up.</summary>
    public static readonly TimeSpan LongestQuickWait = TimeSpan.FromSeconds(2);

    private const int QuickRetries = 2;
    private static readonly TimeSpan FirstQuickWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Registers the named client.</summary>
    public static void AddTrackApiHttpClient(this IServiceCollection services)
    {
        IHttpClientBuilder client = services.AddHttpClient(ClientName, http =>
        {
            http.Timeout = Timeout.InfiniteTimeSpan;
            http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", UserAgent);
            http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "application/json");
        });
        client.ConfigurePrimaryHttpMessageHandler(CreateSocketsHandler);
        // The paths hold identifiers, and the factory's loggers write them.
        client.RemoveAllLoggers();
        client.SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        client.AddResilienceHandler("track-api", (pipeline, context) => Configure(pipeline, context.ServiceProvider));
        client.AddHttpMessageHandler(provider => new AttemptHandler(
            provider.GetRequiredService<RequestLimiter>(),
            provider.GetRequiredService<DestinationMetrics>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    private static string UserAgent { get; } =
        $"freshpaint-customerio-destination/{typeof(TrackApiPipeline).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>The handler on the wire.</summary>
    public static SocketsHttpHandler CreateSocketsHandler() => new()
    {
        // A redirect means the wrong region; following one loses the Authorization header and turns a POST into a GET.
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = AttemptTimeout,
        EnableMultipleHttp2Connections = true,
        // Without a propagator the handler makes no span of its own, which would hold the full URL, and sends no trace headers out.
        ActivityHeadersPropagator = null,
    };

    private static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, IServiceProvider services)
    {
        RequestLimiter limiter = services.GetRequiredService<RequestLimiter>();
        Func<double> chance = services.GetRequiredService<Random>().NextDouble;
        pipeline.TimeProvider = services.GetRequiredService<TimeProvider>();

        // What happens to a call is told once, by this product's own metrics and log; the pipeline's would be several lines more, in an outage most of all.
        pipeline.TelemetryListener = null;
        pipeline
            .AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = QuickRetries,
                ShouldHandle = static arguments => ValueTask.FromResult(IsWorthAQuickRetry(Call(arguments.Context))),
                DelayGenerator = arguments => ValueTask.FromResult<TimeSpan?>(QuickWait(Call(arguments.Context).Answer, arguments.AttemptNumber, chance())),
            })
            .AddRateLimiter(new HttpRateLimiterStrategyOptions { RateLimiter = arguments => AcquireAsync(limiter, Call(arguments.Context)) })
            .AddTimeout(AttemptTimeout);
    }

    private static bool IsWorthAQuickRetry(TrackApiCall call) => call.MayRepeat && !call.Stopping.IsCancellationRequested && call.Answer switch
    {
        TrackApiAnswer.Unavailable { RetryAfter: { } wait } => wait <= LongestQuickWait,
        // Who sends 429 without saying for how long is not asked again at once.
        TrackApiAnswer.Unavailable { Status: 429 } => false,
        TrackApiAnswer.Unavailable => true,
        _ => false,
    };

    private static TimeSpan QuickWait(TrackApiAnswer? answer, int attempt, double chance) =>
        answer is TrackApiAnswer.Unavailable { RetryAfter: { } wait } ? RetryAfter.Bounded(wait) : FirstQuickWait * (1 << attempt) * (1 + chance);

    private static async ValueTask<System.Threading.RateLimiting.RateLimitLease> AcquireAsync(RequestLimiter limiter, TrackApiCall call)
    {
        await limiter.AcquireAsync(call.Lane, call.Stopping);
        return Permit.Granted;
    }

    private static TrackApiCall Call(ResilienceContext context) => (TrackApiCall)context.GetRequestMessage()!;
}
