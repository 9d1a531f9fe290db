using System.Threading.RateLimiting;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.DependencyInjection;
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

/// <summary>Wiring of the Track API's client.</summary>
internal static class TrackApiRegistration
{
    private static string UserAgent { get; } =
        $"freshpaint-customerio-destination/{typeof(TrackApiPipeline).Assembly.GetName().Version?.ToString(3)}";

    /// <summary>Registers <see cref="TrackApiClient"/> and what it stands on.</summary>
    public static void AddTrackApi(this IServiceCollection services)
    {
        IHttpClientBuilder client = services.AddHttpClient(TrackApiWire.ClientName, http =>
        {
            http.Timeout = Timeout.InfiniteTimeSpan;
            http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", UserAgent);
            http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "application/json");
        });
        client.ConfigurePrimaryHttpMessageHandler(TrackApiWire.CreateSocketsHandler);
        // The paths hold identifiers, and the factory's loggers write them.
        client.RemoveAllLoggers();
        client.SetHandlerLifetime(Timeout.InfiniteTimeSpan);
        services.AddSingleton<RequestLimiter>();
        services.AddSingleton<TrackApiWire>();
        services.AddSingleton<TrackApiPipeline>();
        services.AddSingleton(provider => new TrackApiClient(
            provider.GetRequiredService<TrackApiPipeline>(),
            provider.GetRequiredService<TrackApiWire>(),
            provider.GetRequiredService<CustomerIoSettings>(),
            provider.GetRequiredService<ICredentialSource>(),
            provider.GetRequiredService<RequestLimiter>(),
            provider.GetRequiredService<TimeProvider>()));
    }
}
