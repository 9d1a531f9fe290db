using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ports;

/// <summary>How full the queue is.</summary>
/// <param name="CanEnqueue">Whether it takes events now.</param>
/// <param name="Live">The live lane.</param>
/// <param name="Import">The import lane.</param>
/// <param name="DeadLettered">How many dead letters lie there.</param>
public sealed record QueueStatus(bool CanEnqueue, LaneStatus Live, LaneStatus Import, long DeadLettered)
{
    /// <summary>While the clock is doubted, so that nothing is purged or expires: until when, and what waits for it. Else null.</summary>
    public RetentionPause? RetentionPaused { get; init; }

    /// <summary>Partitions whose events can't be read now, so that they wait; empty when all can.</summary>
    public IReadOnlyList<Partition> UnreadablePartitions { get; init; } = [];

    /// <summary>Events waiting, both lanes.</summary>
    public long Ready => Live.Ready + Import.Ready;

    /// <summary>Events held by a consumer now, both lanes.</summary>
    public long InDelivery => Live.InDelivery + Import.InDelivery;

    /// <summary>The age of the oldest unfinished event; zero when there is none.</summary>
    public TimeSpan OldestAge => Live.OldestAge > Import.OldestAge ? Live.OldestAge : Import.OldestAge;
}

/// <summary>How full one lane is.</summary>
/// <param name="Ready">Events waiting to be received.</param>
/// <param name="InDelivery">Events a consumer holds now.</param>
/// <param name="OldestAge">The age of the oldest unfinished event, counted from <see cref="EventEnvelope.QueuedAt"/>; zero when there is none.</param>
public sealed record LaneStatus(long Ready, long InDelivery, TimeSpan OldestAge)
{
    /// <summary>An empty lane.</summary>
    public static LaneStatus Empty { get; } = new(0, 0, TimeSpan.Zero);
}

/// <summary>Nothing is purged and nothing expires, because the clock is doubted.</summary>
/// <param name="Left">How long the process must run until a start far from the last known time is believed; null for a jump while it runs, which is believed after an hour.</param>
/// <param name="DeadLettersDue">Dead letters that are too old by the doubted clock, counted up to 10,000.</param>
public sealed record RetentionPause(TimeSpan? Left, long DeadLettersDue);

/// <summary>Whether the queue takes events now.</summary>
public enum QueueHealth
{
    /// <summary>It does.</summary>
    Taking,

    /// <summary>It is there and takes none: it is full, busy or broken.</summary>
    Refusing,

    /// <summary>It can't be reached from here.</summary>
    Unreachable,
}

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
