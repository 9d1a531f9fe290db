using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using TrackApiSandbox.Faults;
using TrackApiSandbox.Http;
using TrackApiSandbox.Recording;
using TrackApiSandbox.Snapshots;
using TrackApiSandbox.State;
using TrackApiSandbox.TrackApi;

namespace TrackApiSandbox;

/// <summary>
/// A running stand-in for Customer.io's Track API (v1 and v2) on 127.0.0.1, with the documented limits, error texts and rules.
/// Everything is kept in memory and ends with the server. What it knows can be read here or over HTTP under <c>/sandbox</c>.
/// </summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping;
    private readonly Workspace _workspace;
    private readonly RequestLog _requests;
    private readonly FaultPlan _faults;
    private bool _disposed;

    private SandboxServer(WebApplication app, CancellationTokenSource stopping, Workspace workspace, RequestLog requests, FaultPlan faults)
    {
        _app = app;
        _stopping = stopping;
        _workspace = workspace;
        _requests = requests;
        _faults = faults;
        BaseAddress = new Uri(app.Urls.Single());
    }

    /// <summary>Where it listens, for example <c>http://127.0.0.1:7072/</c>.</summary>
    public Uri BaseAddress { get; }

    /// <summary>Starts a server; it answers when the task is done.</summary>
    /// <param name="options">Port, credentials, region.</param>
    /// <param name="time">The clock behind default timestamps, the 5-minute and 30-day rules, delays, and the request log.</param>
    /// <param name="cancellationToken">Gives up the start.</param>
    /// <exception cref="SandboxPortUnavailableException">The port is in use or may not be used.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is no port number.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (options.Port is < IPEndPoint.MinPort or > IPEndPoint.MaxPort)
        {
            throw new ArgumentOutOfRangeException(nameof(options), options.Port, "Sandbox__Port must be between 0 and 65535.");
        }

        var stopping = new CancellationTokenSource();
        var workspace = new Workspace(time, options.CountsOnly, options.MergeableAfter);
        var requests = new RequestLog(time);
        var faults = new FaultPlan(time, new Random(options.FaultSeed));
        var trackApi = new TrackApiEndpoints(workspace, time, options.Region is SandboxRegion.Eu ? "eu" : "us");
        var control = new ControlRoutes(workspace, requests, faults);
        var handler = new RequestHandler(trackApi, control, requests, faults, new BasicCredentials(options.SiteId, options.ApiKey), time, stopping.Token);

        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        WebApplication app = builder.Build();
        app.Run(handler.HandleAsync);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception failure)
        {
            await app.DisposeAsync();
            stopping.Dispose();
            if (WhyUnavailable(failure) is { } why)
            {
                throw new SandboxPortUnavailableException(options.Port, why, failure);
            }

            throw;
        }

        return new SandboxServer(app, stopping, workspace, requests, faults);
    }

    /// <summary>A copy of all that is known now: people with their events, anonymous events, objects, suppressed identifiers.</summary>
    public SandboxState GetState() => _workspace.Snapshot();

    /// <summary>The person with this id, e-mail or <c>cio_</c>-prefixed cio_id, or null.</summary>
    public SandboxPerson? FindPerson(string identifier) => _workspace.FindPerson(identifier);

    /// <summary>Totals since the start or the last <see cref="Reset"/>.</summary>
    public SandboxStats GetStats() => _requests.Stats(_workspace.Totals());

    /// <summary>Track API calls as received, oldest first; of long runs only the newest are kept (<see cref="RequestLog.Capacity"/>).</summary>
    /// <param name="after">Only calls with a higher sequence number.</param>
    /// <param name="limit">At most this many.</param>
    public IReadOnlyList<ReceivedRequest> GetRequests(long after = 0, int limit = int.MaxValue) => _requests.After(after, limit);

    /// <summary>Adds a fault behind those already there; see <see cref="Fault"/>.</summary>
    /// <exception cref="ArgumentException">A field is out of its range, or the fault has no effect.</exception>
    public void AddFault(Fault fault) => _faults.Add(fault);

    /// <summary>Removes all faults.</summary>
    public void ClearFaults() => _faults.Clear();

    /// <summary>Forgets people, events, event ids, suppressions, the request log and the totals. Faults and sequence numbers stay.</summary>
    public void Reset()
    {
        _workspace.Clear();
        _requests.Clear();
    }

    /// <summary>Stops listening and ends the requests in hand; those held by a fault's delay end at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stopping.CancelAsync();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private static string? WhyUnavailable(Exception failure) => failure switch
    {
        { InnerException: AddressInUseException } => "the port is in use.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } => "the system does not allow it.",
        _ => null,
    };
}
