using CustomerIoDestination.Model;

namespace CustomerIoDestination.Ports;

/// <summary>How full the queue is.</summary>
/// <param name="CanEnqueue">Whether it takes events now.</param>
/// <param name="Live">The live lane.</param>
/// <param name="Import">The import lane.</param>
/// <param name="DeadLettered">How many dead letters lie there.</param>
public sealed record QueueStatus(bool CanEnqueue, LaneStatus Live, LaneStatus Import, long DeadLettered)
{
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
