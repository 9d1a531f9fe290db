using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.DependencyInjection;

namespace CustomerIoDestination.TrackApi;

/// <summary>
/// Customer.io's Track API: tells it one thing (<see cref="SendAsync(TrackApiRequest, Lane, CancellationToken)"/>) and asks for key and region without writing (<see cref="PingAsync"/>).
/// Every request, ping and quick retry passes the limiter. Nothing is sent before the region is known.
/// Disposing of it ends what waits for a permit.
/// </summary>
public sealed class TrackApiClient : IDisposable
{
    // 1,000 items with several errors each.
    private const int MaxBatchAnswerBytes = 4 * 1024 * 1024;

    private static readonly TrackApiRequest Ping = new(TrackApiMethod.Get, RegionAnswer.Path, RegionAnswer.Path, default);

    private readonly TrackApiPipeline _pipeline;
    private readonly TrackApiWire _wire;
    private readonly CustomerIoSettings _settings;
    private readonly ICredentialSource _credentials;
    private readonly RequestLimiter _limiter;
    private readonly SharedPing _ping;
    private volatile Workspace _workspace;
    private volatile Authorization? _authorization;

    internal TrackApiClient(
        TrackApiPipeline pipeline, TrackApiWire wire, CustomerIoSettings settings, ICredentialSource credentials, RequestLimiter limiter, TimeProvider time)
    {
        _pipeline = pipeline;
        _wire = wire;
        _settings = settings;
        _credentials = credentials;
        _limiter = limiter;
        _ping = new SharedPing(PingOnceAsync, time);
        _workspace = Workspace.Of(settings);
    }

    /// <summary>What is known of the workspace now.</summary>
    public Workspace Workspace => _workspace;

    /// <summary>When Customer.io last answered anything, whatever it was; null when it never did.</summary>
    public DateTimeOffset? LastAnswerAt => _wire.LastAnswerAt;

    /// <summary>Sends one request, with quick retries.</summary>
    /// <param name="request">What to send; its memory must live until the task ends.</param>
    /// <param name="lane">Whose permit it takes.</param>
    /// <param name="cancellationToken">Ends waits before the request. A request on the wire is finished all the same.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before the request went out.</exception>
    public async ValueTask<DeliveryOutcome> SendAsync(TrackApiRequest request, Lane lane, CancellationToken cancellationToken) =>
        DeliveryOutcome.Of(await AskAsync(request, lane, 64 * 1024, mayRepeat: true, mayGo: null, repeats: null, cancellationToken));

    /// <summary>Sends one request unless, once there is a permit for it, it is not to be made any more.</summary>
    /// <param name="request">What to send; its memory must live until the task ends.</param>
    /// <param name="lane">Whose permit it takes.</param>
    /// <param name="mayGo">Asked before each call whether it is still to be made.</param>
    /// <param name="repeats">Told of each failed call that is made again at once.</param>
    /// <param name="cancellationToken">Ends waits before the request.</param>
    /// <exception cref="WithdrawnException">It is not.</exception>
    internal async ValueTask<DeliveryOutcome> SendAsync(
        TrackApiRequest request, Lane lane, Func<ValueTask<bool>> mayGo, Action<TrackApiAnswer.Unavailable, TimeSpan> repeats, CancellationToken cancellationToken) =>
        DeliveryOutcome.Of(await AskAsync(request, lane, 64 * 1024, mayRepeat: true, mayGo, repeats, cancellationToken));

    /// <summary>Sends one batch.</summary>
    /// <param name="request">The batch.</param>
    /// <param name="lane">Whose permit it takes.</param>
    /// <param name="mayRepeat">Whether quick retries are made.</param>
    /// <param name="repeats">Told of each failed call that is made again at once.</param>
    /// <param name="cancellationToken">Ends waits before the request.</param>
    /// <returns>The answer; errors may name items by index. Never a suspicious one: a ping tells what that means.</returns>
    internal ValueTask<TrackApiAnswer> SendBatchAsync(
        TrackApiRequest request, Lane lane, bool mayRepeat, Action<TrackApiAnswer.Unavailable, TimeSpan> repeats, CancellationToken cancellationToken) =>
        AskAsync(request, lane, MaxBatchAnswerBytes, mayRepeat, mayGo: null, repeats, cancellationToken);

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
        TrackApiAnswer answer = await _credentials.GetAsync(CancellationToken.None) is { } credentials
            ? await _pipeline.AskAsync(new TrackApiCall(Ping, current ?? TrackApiUrl.Us, HeaderOf(credentials), Lane.Live, CancellationToken.None))
            : WithoutKey();
        PingResult result = RegionAnswer.Judge(answer, _settings, current);
        _workspace = _workspace.After(result, _settings);
        return result;
    }

    private async ValueTask<TrackApiAnswer> AskAsync(
        TrackApiRequest request,
        Lane lane,
        int maxAnswerBytes,
        bool mayRepeat,
        Func<ValueTask<bool>>? mayGo,
        Action<TrackApiAnswer.Unavailable, TimeSpan>? repeats,
        CancellationToken cancellationToken)
    {
        if (_workspace.Url is null && await PingAsync(cancellationToken) is { } ping && _workspace.Url is null)
        {
            return PingDiagnosis.NotSent(ping);
        }

        if (await _credentials.GetAsync(cancellationToken) is not { } credentials)
        {
            return WithoutKey();
        }

        TrackApiAnswer answer = await _pipeline.AskAsync(new TrackApiCall(request, _workspace.Url!, HeaderOf(credentials), lane, cancellationToken)
        {
            MaxAnswerBytes = maxAnswerBytes,
            MayRepeat = mayRepeat,
            MayGo = mayGo,
            Repeats = repeats,
        });
        return answer is TrackApiAnswer.Suspicious suspicious ? PingDiagnosis.Judge(suspicious, await PingAsync(cancellationToken)) : answer;
    }

    private static TrackApiAnswer.Misconfigured WithoutKey() => new(MisconfiguredCodes.CredentialsMissing, null) { Calls = 0 };

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

    private sealed record Authorization(TrackApiCredentials Credentials, string Header)
    {
        public override string ToString() => "***";
    }
}

/// <summary>What is known of the workspace being delivered to.</summary>
/// <param name="Region">Its region; <see cref="CustomerIoRegion.Auto"/> until it is known.</param>
/// <param name="Url">The base URL in use; null until it is known.</param>
/// <param name="Number">Its number at Customer.io; null until it is known.</param>
/// <param name="LastPing">The last ping's result; null before the first.</param>
public sealed record Workspace(CustomerIoRegion Region, Uri? Url, long? Number, PingResult? LastPing)
{
    /// <summary>What the settings alone say.</summary>
    public static Workspace Of(CustomerIoSettings settings) => new(settings.Region, BaseOf(settings), null, null);

    /// <summary>What a ping added.</summary>
    public Workspace After(PingResult ping, CustomerIoSettings settings) => ping switch
    {
        PingResult.Good good => new Workspace(good.Region, good.Url, good.Workspace, ping),
        // Asked to find the region itself, it follows the workspace to the other one; the next ping tells whether that works.
        PingResult.WrongUrl { Url: { } url } when settings is { Region: CustomerIoRegion.Auto, TrackApiUrl: null } =>
            this with { Region = url == TrackApiUrl.Eu ? CustomerIoRegion.Eu : CustomerIoRegion.Us, Url = url, LastPing = ping },
        _ => this with { LastPing = ping },
    };

    private static Uri? BaseOf(CustomerIoSettings settings) =>
        settings is { Region: CustomerIoRegion.Auto, TrackApiUrl: null } ? null : TrackApiUrl.For(settings);
}

/// <summary>The Track API's base URLs (https://docs.customer.io/api/track/).</summary>
public static class TrackApiUrl
{
    /// <summary>United States.</summary>
    public static Uri Us { get; } = new("https://track.customer.io");

    /// <summary>European Union.</summary>
    public static Uri Eu { get; } = new("https://track-eu.customer.io");

    /// <summary>The URL the settings name; for <see cref="CustomerIoRegion.Auto"/> the United States' until Customer.io was asked.</summary>
    public static Uri For(CustomerIoSettings settings) => settings switch
    {
        { TrackApiUrl: { } url } => url,
        { Region: CustomerIoRegion.Eu } => Eu,
        _ => Us,
    };
}

/// <summary>Where the Track API's credentials come from: the settings, or a vault that may rotate them.</summary>
public interface ICredentialSource
{
    /// <summary>The credentials to use now; null when they can't be had now. Answers at once when it knows them; returns the same instance until they change.</summary>
    ValueTask<TrackApiCredentials?> GetAsync(CancellationToken cancellationToken);

    /// <summary>They were refused or will be checked: read them anew at the next call.</summary>
    void Forget();
}

/// <summary>The Track API's credentials, for HTTP Basic authentication.</summary>
/// <param name="SiteId">The workspace's site id.</param>
/// <param name="ApiKey">The Track API key.</param>
public sealed record TrackApiCredentials(string SiteId, Secret ApiKey);

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
