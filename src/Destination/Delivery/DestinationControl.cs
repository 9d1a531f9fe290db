using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>The delivering side of this process.</summary>
internal sealed class DestinationControl(
    DeliveryGate gate,
    TrackApiClient client,
    RequestLimiter limiter,
    EventCounters counters,
    DeliverySettings settings,
    TimeProvider time) : IDestinationControl
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public Task<DeliveryStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        GateState state = gate.State;
        Workspace workspace = client.Workspace;
        return Task.FromResult(new DeliveryStatus
        {
            State = !settings.Enabled ? DestinationState.Disabled : state.PausedFor is null ? DestinationState.Delivering : DestinationState.Paused,
            Since = settings.Enabled ? state.Since : _startedAt,
            Reason = settings.Enabled ? state.PausedFor : null,
            Region = workspace.Region,
            Url = workspace.Url,
            Workspace = workspace.Number,
            Credentials = CredentialsOf(state, workspace),
            RateLimit = settings.RequestsPerSecond,
            RateCurrent = limiter.Current,
            Counts = counters.Read(),
            StartedAt = _startedAt,
        });
    }

    public Task ResumeAsync(CancellationToken cancellationToken)
    {
        gate.ResumeAfterRejections();
        return Task.CompletedTask;
    }

    private static CredentialsState CredentialsOf(GateState state, Workspace workspace) => state.PausedFor switch
    {
        not null and not MisconfiguredCodes.EverythingRejected => CredentialsState.Invalid,
        _ => workspace.LastPing switch
        {
            PingResult.Good => CredentialsState.Valid,
            PingResult.Refused or PingResult.WrongUrl => CredentialsState.Invalid,
            _ => CredentialsState.Unchecked,
        },
    };
}
