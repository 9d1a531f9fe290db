using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ports;

/// <summary>The durable queue as ingest sees it. Implemented by the embedded SQLite queue and by Service Bus; the same contract suite tests both.</summary>
public interface IEventQueue
{
    /// <summary>Puts events on the queue. When the task ends in <see cref="EnqueueResult.Enqueued"/> they survive a crash of anything.</summary>
    /// <param name="envelopes">The events, in order; order is kept inside a partition.</param>
    /// <param name="cancellationToken">Gives up waiting; what was already taken stays taken.</param>
    Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken);

    /// <summary>
    /// Takes events off the queue for good, whether somebody holds them or not, and tells the delivery log. Works at most
    /// <see cref="QueueRemoval.MaxDuration"/>; what it does not come to, or can't take out, stays and is for whoever delivers it to drop.
    /// </summary>
    /// <param name="isWanted">Which, by their raw JSON.</param>
    /// <param name="reason">Why, for the log.</param>
    /// <param name="cancellationToken">Stops it between two events.</param>
    /// <exception cref="UnavailableException">The queue can't be reached.</exception>
    Task<QueueRemoval> RemoveAsync(Predicate<ReadOnlyMemory<byte>> isWanted, SkipReason reason, CancellationToken cancellationToken);

    /// <summary>How full the queue is; null when it can't be reached from here, so that nothing is known. Answers fast at any depth.</summary>
    Task<QueueStatus?> GetStatusAsync(CancellationToken cancellationToken);

    /// <summary>Whether the queue takes events now. Anybody may ask at any rate: it costs the queue next to nothing.</summary>
    async Task<QueueHealth> GetHealthAsync(CancellationToken cancellationToken) => await GetStatusAsync(cancellationToken) switch
    {
        null => QueueHealth.Unreachable,
        { CanEnqueue: true } => QueueHealth.Taking,
        _ => QueueHealth.Refusing,
    };
}

/// <summary>What came of taking events off the queue.</summary>
/// <param name="Removed">How many are gone that nobody held.</param>
/// <param name="RemovedInHand">How many are gone that a consumer holds: it asks once more before it sends one.</param>
/// <param name="Left">How many were found and stay, because this queue takes none out.</param>
/// <param name="More">Whether it ended at its bound, so that there may be others.</param>
public sealed record QueueRemoval(int Removed, int RemovedInHand, int Left, bool More)
{
    /// <summary>The longest one pass takes.</summary>
    public static TimeSpan MaxDuration { get; } = TimeSpan.FromSeconds(60);
}

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

    /// <summary>Merges that are kept to be sent once more and whose time has not come, counted up to 10,000: they wait in no lane. Null where that is not known.</summary>
    public long? RepeatsKept { get; init; }

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
/// <param name="Left">How long the process must run until a start far from the last known time is believed; null for a jump while it runs, which is believed after an hour, and until the last known time is read.</param>
/// <param name="DeadLettersDue">Dead letters that are too old by the doubted clock, counted up to 10,000 (on Service Bus 1,000).</param>
public sealed record RetentionPause(TimeSpan? Left, long DeadLettersDue);

/// <summary>Whether the queue takes events now.</summary>
public enum QueueHealth
{
    /// <summary>It does.</summary>
    Taking,

    /// <summary>It is there and takes none: it is full, busy or broken.</summary>
    Refusing,

    /// <summary>It takes none any more, because its file was deleted, moved, replaced or cut.</summary>
    FileLost,

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
