using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>Whether deliveries may go out.</summary>
/// <param name="PausedFor">Why the destination is paused; null when it is not.</param>
/// <param name="Since">Since when that is so.</param>
/// <param name="BreakerOpen">Whether Customer.io is taken to be down.</param>
internal sealed record GateState(string? PausedFor, DateTimeOffset Since, bool BreakerOpen)
{
    public const string BreakerOpenCode = "breaker_open";

    /// <summary>Whether deliveries go out as they come.</summary>
    public bool IsOpen => PausedFor is null && !BreakerOpen;

    /// <summary>How often one delivery is let through as a trial; null when none is.</summary>
    public TimeSpan? TrialEvery => this switch
    {
        { PausedFor: MisconfiguredCodes.EverythingRejected } => TimeSpan.FromMinutes(1),
        { PausedFor: not null } => null,
        { BreakerOpen: true } => TimeSpan.FromSeconds(5),
        _ => null,
    };

    /// <summary>Why deliveries wait; null when they don't.</summary>
    public string? WaitsFor => PausedFor ?? (BreakerOpen ? BreakerOpenCode : null);
}
