namespace CustomerIoDestination.Model;

/// <summary>What one pass of the delivery handler over an event came to.</summary>
public enum AttemptOutcome
{
    /// <summary>Customer.io took it.</summary>
    [Code("delivered")]
    Delivered,

    /// <summary>Not meant to be sent; counted.</summary>
    [Code("skipped")]
    Skipped,

    /// <summary>It went to the dead letters.</summary>
    [Code("deadLettered")]
    DeadLettered,

    /// <summary>It was given back to the queue and comes again.</summary>
    [Code("released")]
    Released,
}
