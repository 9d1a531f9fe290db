using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Ports;

/// <summary>Whether events flow.</summary>
public enum DestinationState
{
    /// <summary>Events are delivered as they come, or nothing waits. Single ones may fail and be tried again.</summary>
    [Code("delivering")]
    Delivering,

    /// <summary>Events wait and none gets through: Customer.io is down, slow or asks to wait. They are tried again by themselves.</summary>
    [Code("unavailable")]
    Unavailable,

    /// <summary>Everything is held because of a wrong key, region or URL, or because everything is rejected.</summary>
    [Code("paused")]
    Paused,

    /// <summary>Switched off by <c>Delivery__Enabled</c>; events wait on the queue.</summary>
    [Code("disabled")]
    Disabled,
}

/// <summary>What is known of the credentials.</summary>
public enum CredentialsState
{
    /// <summary>Not asked yet, or Customer.io did not answer.</summary>
    [Code("unchecked")]
    Unchecked,

    /// <summary>Customer.io knows them, and the region fits.</summary>
    [Code("valid")]
    Valid,

    /// <summary>Customer.io refused them, or the region or URL is wrong.</summary>
    [Code("invalid")]
    Invalid,
}

/// <summary>The delivering side as the status shows it.</summary>
public sealed record DeliveryStatus
{
    /// <summary>So long nothing may end while something waits, before events count as not flowing.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Whether events flow.</summary>
    public required DestinationState State { get; init; }

    /// <summary>Since when it is in that state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>
    /// A code that says why it is paused, for instance <c>credentials_refused</c> or <c>everything_rejected</c>, or unavailable, for instance
    /// <c>http_503</c>, <c>timeout</c>, <c>rate_limited</c> or <c>no_permits</c>; null otherwise.
    /// </summary>
    public string? Reason { get; init; }

    /// <summary>When Customer.io last answered anything to this process; null when it never did.</summary>
    public DateTimeOffset? LastAnswerAt { get; init; }

    /// <summary>
    /// When the next event that waits after a failed call is tried; while paused, when key, region and URL are asked for next, or the next held event is tried.
    /// Null when nothing waits, or it is not known.
    /// </summary>
    public DateTimeOffset? NextTryAt { get; init; }

    /// <summary>Events in hand that failed and are tried again.</summary>
    public int Failing { get; init; }

    /// <summary>When an event last ended, or came into empty hands; null where it is not known of every process.</summary>
    public DateTimeOffset? MovedAt { get; init; }

    /// <summary>The region in use; <see cref="CustomerIoRegion.Auto"/> until it is known.</summary>
    public required CustomerIoRegion Region { get; init; }

    /// <summary>The Track API's base URL in use; null until it is known.</summary>
    public Uri? Url { get; init; }

    /// <summary>The workspace's number at Customer.io (<c>environment_id</c>); null until it is known.</summary>
    public long? Workspace { get; init; }

    /// <summary>What is known of the credentials.</summary>
    public required CredentialsState Credentials { get; init; }

    /// <summary>The configured requests a second.</summary>
    public required double RateLimit { get; init; }

    /// <summary>The requests a second allowed now, lower after a 429.</summary>
    public required double RateCurrent { get; init; }

    /// <summary>What was counted.</summary>
    public required EventCounts Counts { get; init; }

    /// <summary>When the process started.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Whether the other processes are heard; null where there are none to hear.</summary>
    public SharedStateStatus? SharedState { get; init; }
}

/// <summary>Whether this process hears of the others.</summary>
/// <param name="Reachable">Whether the storage by which they tell each other of themselves answers. If not, a status holds what this process knows.</param>
/// <param name="Since">Since when it does, or does not.</param>
public sealed record SharedStateStatus(bool Reachable, DateTimeOffset Since);

/// <summary>What was tried last for an event that could not be delivered yet and is in this process's hand. Holds no identifier and no value.</summary>
/// <param name="At">When the last call failed.</param>
/// <param name="Code">Why, as a bounded code, for instance <c>http_503</c>.</param>
/// <param name="HttpStatus">The last HTTP status; null when there was none.</param>
/// <param name="Attempts">Calls made for it so far, earlier deliveries included.</param>
/// <param name="NextTryAt">When it is tried again; null when it waits until Customer.io answers anybody, or for an operator.</param>
public sealed record FailingEvent(DateTimeOffset At, string Code, int? HttpStatus, int Attempts, DateTimeOffset? NextTryAt);
