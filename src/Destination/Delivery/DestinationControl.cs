using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>The delivering side of this process. Where several processes deliver, what they share is built on it.</summary>
internal sealed class DestinationControl : IDestinationControl
{
    private readonly DeliveryGate _gate;
    private readonly TrackApiClient _client;
    private readonly RequestLimiter _limiter;
    private readonly IEventCounts _counts;
    private readonly DeliveryProgress _progress;
    private readonly DeliverySettings _settings;
    private readonly DateTimeOffset _startedAt;

    public DestinationControl(
        DeliveryGate gate, TrackApiClient client, RequestLimiter limiter, IEventCounts counts, DeliveryProgress progress, DeliverySettings settings, TimeProvider time)
    {
        _gate = gate;
        _client = client;
        _limiter = limiter;
        _counts = counts;
        _progress = progress;
        _settings = settings;
        _startedAt = time.GetUtcNow();
    }

    /// <inheritdoc/>
    public Task<DeliveryStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        GateState state = _gate.State;
        Workspace workspace = _client.Workspace;
        ProgressNow progress = _progress.Read();
        (DestinationState flow, DateTimeOffset since, string? reason) = FlowOf(state, progress);
        return Task.FromResult(new DeliveryStatus
        {
            State = flow,
            Since = since,
            Reason = reason,
            LastAnswerAt = _client.LastAnswerAt,
            NextTryAt = flow switch
            {
                DestinationState.Paused => _gate.NextTrialAt ?? _gate.NextProbeAt,
                DestinationState.Unavailable => progress.NextTryAt ?? _gate.NextTrialAt,
                _ => progress.NextTryAt,
            },
            Failing = progress.Failing,
            MovedAt = progress.MovedAt,
            Region = workspace.Region,
            Url = workspace.Url,
            Workspace = workspace.Number,
            Credentials = CredentialsOf(state, workspace),
            RateLimit = _settings.RequestsPerSecond,
            RateCurrent = _limiter.Current,
            Counts = _counts.Read(),
            StartedAt = _startedAt,
        });
    }

    /// <inheritdoc/>
    public FailingEvent? FindFailing(string eventId) => _progress.Find(eventId);

    /// <inheritdoc/>
    public Task ResumeAsync(CancellationToken cancellationToken)
    {
        _gate.ResumeAfterRejections();
        return Task.CompletedTask;
    }

    /// <summary>Checks key, region and URL with Customer.io. A pause of this process begins or ends by what it says; no answer says nothing.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken) => _gate.JudgePing(await _client.PingAsync(cancellationToken));

    // What happens to events, and not only what the gate thinks: an outage that meets one or two partitions never opens the breaker.
    private (DestinationState State, DateTimeOffset Since, string? Reason) FlowOf(GateState gate, ProgressNow progress) => gate switch
    {
        _ when !_settings.Enabled => (DestinationState.Disabled, _startedAt, null),
        { PausedFor: { } pause } => (DestinationState.Paused, gate.Since, pause),
        _ when gate.BreakerOpen || progress.IsStuck => (DestinationState.Unavailable, progress.MovedAt, ReasonOf(progress.Failure)),
        _ => (DestinationState.Delivering, progress.FreedAt > gate.Since ? progress.FreedAt.Value : gate.Since, null),
    };

    private static string ReasonOf(string? failure) => failure switch
    {
        null => "no_permits",
        "http_429" => "rate_limited",
        _ => failure,
    };

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
