using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.TestRig.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using TrackApiSandbox;
using TrackApiSandbox.Snapshots;

namespace CustomerIoDestination.LocalHost.Tests.Support;

/// <summary>
/// The local host and its sandbox on one clock that stands still until it is moved, so that times measured by the sandbox are exact however
/// busy the machine is. Everything else, the sockets and the queue's file, is real.
/// </summary>
internal sealed class VirtualHost : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly TemporaryFolder _folder;
    private readonly LocalHostApp _app;
    private readonly RequestLimiter _limiter;
    private long _forgotten;

    private VirtualHost(TemporaryFolder folder, LocalHostApp app, FakeTimeProvider time)
    {
        _folder = folder;
        _app = app;
        _limiter = app.Services.GetRequiredService<RequestLimiter>();
        Time = time;
        Http = new HttpClient { BaseAddress = app.BaseAddress };
    }

    public FakeTimeProvider Time { get; }

    public HttpClient Http { get; }

    public SandboxServer Sandbox => _app.Sandbox!;

    /// <summary>Requests that wait for a permit.</summary>
    public int Waiting => _limiter.Waiting;

    public static async Task<VirtualHost> StartAsync(int requestsPerSecond, params string[] settings)
    {
        var folder = new TemporaryFolder();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        string[] arguments =
        [
            .. Host.Arguments(folder.Queue),
            string.Create(CultureInfo.InvariantCulture, $"--Delivery:RequestsPerSecond={requestsPerSecond}"),
            "--Logging:LogLevel:Default=Critical",
            .. settings,
        ];
        LocalHostApp app = await LocalHostApp.StartAsync(arguments, time, CancellationToken.None);
        return new VirtualHost(folder, app, time);
    }

    /// <summary>Posts events.</summary>
    /// <param name="events">What is posted, in one request.</param>
    /// <param name="lane">The value of <c>X-Lane</c>; null for none.</param>
    public Task PostAsync(IEnumerable<JsonObject> events, string? lane = null) => PostBodyAsync(new JsonArray([.. events]), lane);

    /// <summary>Posts a body as it is.</summary>
    /// <param name="body">What is posted.</param>
    /// <param name="lane">The value of <c>X-Lane</c>; null for none.</param>
    public async Task PostBodyAsync(JsonNode body, string? lane = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events") { Content = new StringContent(body.ToJsonString()) };
        if (lane is not null)
        {
            request.Headers.Add("X-Lane", lane);
        }

        using HttpResponseMessage response = await Http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Moves the clock on in steps, and lets everything come to rest after each.</summary>
    /// <param name="span">For how long.</param>
    /// <param name="step">How long a step is.</param>
    /// <param name="waiting">How many wait for a permit when everything is at rest; null when that can't be said.</param>
    public async Task RunAsync(TimeSpan span, TimeSpan step, Func<int>? waiting = null)
    {
        for (TimeSpan gone = TimeSpan.Zero; gone < span; gone += step)
        {
            Time.Advance(step);
            await RestAsync(waiting);
        }
    }

    /// <summary>Moves the clock on until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It was not within an hour of that clock.</exception>
    public async Task RunUntilAsync(Func<Task<bool>> question, TimeSpan step, string what)
    {
        DateTimeOffset start = Time.GetUtcNow();
        while (!await question())
        {
            if (Time.GetUtcNow() - start > TimeSpan.FromHours(1))
            {
                throw new TimeoutException($"Waited an hour for {what}.");
            }

            Time.Advance(step);
            await RestAsync();
        }
    }

    /// <summary>Makes the sandbox forget all but its faults. Call at rest.</summary>
    public void Forget()
    {
        _forgotten += Sandbox.GetStats().Requests;
        Sandbox.Reset();
    }

    /// <summary>The answer of <c>GET /api/status</c>.</summary>
    public async Task<JsonNode> StatusAsync() => JsonNode.Parse(await Http.GetStringAsync("/api/status"))!;

    /// <summary>
    /// Waits until no request is on the wire, between its permit and its answer; and, where it is known how many then wait for a permit, until they do.
    /// </summary>
    /// <param name="waiting">How many wait when everything is at rest; null when that can't be said.</param>
    public async Task RestAsync(Func<int>? waiting = null)
    {
        // Twice, because the numbers are not read at one moment.
        const int Looks = 2;
        long start = Stopwatch.GetTimestamp();
        for (int quiet = 0; quiet < Looks; quiet = IsQuiet() && (waiting is null || waiting() == Waiting) ? quiet + 1 : 0)
        {
            if (Stopwatch.GetElapsedTime(start) > Limit)
            {
                throw new TimeoutException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"No rest within {Limit}: {_limiter.Granted} permits given, {Waiting} wait, {Sandbox.GetStats().Requests} received, {Sandbox.GetStats().Unanswered} unanswered."));
            }

            await Task.Delay(1);
        }
    }

    private bool IsQuiet()
    {
        long granted = _limiter.Granted;
        SandboxStats stats = Sandbox.GetStats();
        return granted == _forgotten + stats.Requests && stats.Unanswered == 0;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();

        // A call that waits for its quick repeat is finished first, which takes its time.
        Task stopped = _app.DisposeAsync().AsTask();
        while (!stopped.IsCompleted)
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Delay(1);
        }

        await stopped;
        _folder.Dispose();
    }
}
