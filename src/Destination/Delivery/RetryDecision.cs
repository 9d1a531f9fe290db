using CustomerIoDestination.Model;

namespace CustomerIoDestination.Delivery;

/// <summary>What happens next to an event after a call for it.</summary>
public abstract record RetryDecision
{
    private RetryDecision()
    {
    }

    /// <summary>It is over; this is done with the queue message.</summary>
    public sealed record Settle(Settlement Settlement) : RetryDecision;

    /// <summary>It waits in place, its partition with it, and is sent again.</summary>
    /// <param name="Delay">How long it waits.</param>
    public sealed record Wait(TimeSpan Delay) : RetryDecision;

    /// <summary>It waits in place until the destination is no longer paused.</summary>
    public sealed record Hold : RetryDecision
    {
        /// <summary>The only value.</summary>
        public static Hold Instance { get; } = new();
    }
}
