using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>The delivering side of this process. Where several processes deliver, what they share is built on it.</summary>
public sealed class DestinationControl : IDestinationControl
{
    private readonly DeliveryGate _gate;
    private readonly TrackApiClient _client;
    private readonly RequestLimiter _limiter;
    private readonly EventCounters _counters;
    private readonly DeliverySettings _settings;
    private readonly DateTimeOffset _startedAt;

    internal DestinationControl(
        DeliveryGate gate, TrackApiClient client, RequestLimiter limiter, EventCounters counters, DeliverySettings settings, TimeProvider time)
    {
        _gate = gate;
        _client = client;
        _limiter = limiter;
        _counters = counters;
        _settings = settings;
        _startedAt = time.GetUtcNow();
    }

    /// <inheritdoc/>
    public Task<DeliveryStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        GateState state = _gate.State;
        Workspace workspace = _client.Workspace;
        return Task.FromResult(new DeliveryStatus
        {
            State = !_settings.Enabled ? DestinationState.Disabled : state.PausedFor is null ? DestinationState.Delivering : DestinationState.Paused,
            Since = _settings.Enabled ? state.Since : _startedAt,
            Reason = _settings.Enabled ? state.PausedFor : null,
            Region = workspace.Region,
            Url = workspace.Url,
            Workspace = workspace.Number,
            Credentials = CredentialsOf(state, workspace),
            RateLimit = _settings.RequestsPerSecond,
            RateCurrent = _limiter.Current,
            Counts = _counters.Read(),
            StartedAt = _startedAt,
        });
    }

    /// <inheritdoc/>
    public Task ResumeAsync(CancellationToken cancellationToken)
    {
        _gate.ResumeAfterRejections();
        return Task.CompletedTask;
    }

    /// <summary>Checks key, region and URL with Customer.io. A pause of this process begins or ends by what it says; no answer says nothing.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken) => _gate.Report(await _client.PingAsync(cancellationToken));

    private static CredentialsState CredentialsOf(GateState state, Workspace workspace) => state switch
    {
        { Misconfigured: not null } => CredentialsState.Invalid,
        _ => workspace.LastPing switch
        {
            PingResult.Good => CredentialsState.Valid,
            PingResult.Refused or PingResult.WrongUrl or PingResult.NoCredentials => CredentialsState.Invalid,
            _ => CredentialsState.Unchecked,
        },
    };
}
