using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery.Gate;

/// <summary>Whether deliveries may go out. What closes the gate is kept apart, because each ends by something else.</summary>
internal sealed record GateState
{
    public const string BreakerOpenCode = "breaker_open";

    /// <summary>Since when it is open, for the time no pause is in force.</summary>
    public required DateTimeOffset OpenSince { get; init; }

    /// <summary>When the last pause ended, or the process started, as a timestamp of the clock, which nobody can set.</summary>
    public required long OpenedAt { get; init; }

    /// <summary>Key, region or URL are wrong: a good ping ends it.</summary>
    public Pause? Misconfigured { get; init; }

    /// <summary>Everything is rejected: a delivery or an operator ends it.</summary>
    public Pause? Rejections { get; init; }

    /// <summary>Whether Customer.io is taken to be down: any answer ends it.</summary>
    public bool BreakerOpen { get; init; }

    /// <summary>Why the destination is paused; null when it is not.</summary>
    public string? PausedFor => (Misconfigured ?? Rejections)?.Code;

    /// <summary>Since when it is paused, or not.</summary>
    public DateTimeOffset Since => (Misconfigured ?? Rejections)?.Since ?? OpenSince;

    /// <summary>Whether deliveries go out as they come.</summary>
    public bool IsOpen => Misconfigured is null && Rejections is null && !BreakerOpen;

    /// <summary>How often one delivery is let through as a trial; null when none is.</summary>
    public TimeSpan? TrialEvery => this switch
    {
        { Misconfigured: not null } => null,
        { Rejections: not null } => TimeSpan.FromMinutes(1),
        { BreakerOpen: true } => TimeSpan.FromSeconds(5),
        _ => null,
    };

    /// <summary>Why deliveries wait; null when they don't.</summary>
    public string? WaitsFor => PausedFor ?? (BreakerOpen ? BreakerOpenCode : null);

    /// <summary>The same with one pause more or another.</summary>
    public GateState With(string code, DateTimeOffset now) => code == MisconfiguredCodes.EverythingRejected
        ? this with { Rejections = Rejections ?? new Pause(code, now) }
        : this with { Misconfigured = Misconfigured?.Code == code ? Misconfigured : new Pause(code, now) };
}

/// <summary>Why nothing is sent.</summary>
/// <param name="Code">A code of <see cref="MisconfiguredCodes"/>.</param>
/// <param name="Since">Since when.</param>
internal sealed record Pause(string Code, DateTimeOffset Since);
