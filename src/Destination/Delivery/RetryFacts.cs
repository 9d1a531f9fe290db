using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>Everything a retry is decided by.</summary>
public readonly record struct RetryFacts
{
    /// <summary>What the call came to.</summary>
    public required DeliveryOutcome Outcome { get; init; }

    /// <summary>How long the event has been on the queue; a replay starts it anew.</summary>
    public required TimeSpan Age { get; init; }

    /// <summary>Failed calls for it, this one and earlier deliveries included.</summary>
    public required int FailedCalls { get; init; }

    /// <summary>How long ago the first of them failed.</summary>
    public required TimeSpan FailingFor { get; init; }

    /// <summary>How often it, or what it was sent with, failed in a row in this delivery, this time included; at least 1 after a failure.</summary>
    public required int FailuresInARow { get; init; }

    /// <summary>Events of other partitions this process delivered since its first failure.</summary>
    public required long OthersDelivered { get; init; }
}
