using CustomerIoDestination.Model;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.Delivery.Gate;

/// <summary>Whether deliveries may go out. What closes the gate is kept apart, because each ends by something else.</summary>
internal sealed record GateState
{
    public const string BreakerOpenCode = "breaker_open";

    /// <summary>Since when deliveries go out, for the time no pause is in force: the process' start, the end of the last pause, or of the last outage.</summary>
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

/// <summary>
/// Tells an outage from one event's trouble: open after ten unavailable answers in a row from at least three partitions. Any other answer closes
/// it. Not thread-safe.
/// </summary>
internal sealed class Breaker
{
    public const int Failures = 10;
    public const int Partitions = 3;

    private readonly HashSet<Partition> _partitions = [];
    private int _failures;

    /// <summary>Whether deliveries must wait.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>A call with events of these partitions failed. True when that opened the breaker.</summary>
    public bool Failed(ReadOnlySpan<Partition> partitions)
    {
        _failures++;
        foreach (Partition partition in partitions)
        {
            _partitions.Add(partition);
        }

        if (IsOpen || _failures < Failures || _partitions.Count < Partitions)
        {
            return false;
        }

        IsOpen = true;
        return true;
    }

    /// <summary>Customer.io answered. True when that closed the breaker.</summary>
    public bool Answered()
    {
        bool closed = IsOpen;
        IsOpen = false;
        _failures = 0;
        _partitions.Clear();
        return closed;
    }
}

/// <summary>Tells log and metrics what the gate does.</summary>
internal sealed partial class GateNotices(DestinationMetrics metrics, ILogger<DeliveryGate> logger)
{
    /// <summary>The destination paused, resumed, or is paused for something else.</summary>
    public void PauseChanged(string? before, string? now)
    {
        if (now is not null && now != before)
        {
            metrics.Paused(now);
            Log.Paused(logger, now);
        }
        else if (now is null && before is not null)
        {
            Log.Resumed(logger, before);
        }
    }

    /// <summary>Customer.io is taken to be down.</summary>
    public void BreakerOpened(string code)
    {
        metrics.BreakerOpened();
        Log.BreakerOpened(logger, code);
    }

    /// <summary>It answers again.</summary>
    public void BreakerClosed() => Log.BreakerClosed(logger);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The destination paused: {Reason}. Everything is held.")]
        public static partial void Paused(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Information, "The destination resumed after {Reason}.")]
        public static partial void Resumed(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Customer.io is unavailable ({Code}); deliveries wait, one is tried each 5 s.")]
        public static partial void BreakerOpened(ILogger logger, string code);

        [LoggerMessage(LogLevel.Information, "Customer.io answers again; deliveries go on.")]
        public static partial void BreakerClosed(ILogger logger);
    }
}
