namespace CustomerIoDestination.Ports;

/// <summary>What came of putting events on the queue.</summary>
public abstract record EnqueueResult
{
    private EnqueueResult()
    {
    }

    /// <summary>
    /// The queue has them durably: all but the ones at the indexes in <paramref name="TooLarge"/>, which no queue message can hold.
    /// A repeated message id counts as taken and is not queued twice.
    /// </summary>
    /// <param name="TooLarge">Indexes into the given list, ascending; nearly always empty.</param>
    public sealed record Enqueued(IReadOnlyList<int> TooLarge) : EnqueueResult
    {
        /// <summary>All were taken.</summary>
        public static Enqueued All { get; } = new([]);
    }

    /// <summary>The queue can't take events now. Nothing was promised; sending all again is safe, because ids repeat.</summary>
    /// <param name="Code">A bounded code for logs and answers, for instance <c>queue_busy</c>, <c>queue_full</c>, <c>queue_unreachable</c>.</param>
    /// <param name="RetryAfter">When to try again.</param>
    public sealed record Unavailable(string Code, TimeSpan RetryAfter) : EnqueueResult;
}
