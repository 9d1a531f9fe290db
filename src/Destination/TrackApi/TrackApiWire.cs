using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.TrackApi;

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
