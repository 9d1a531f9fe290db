namespace CustomerIoDestination.Model;

/// <summary>How many events came to what.</summary>
/// <param name="Received">Items in requests, good and bad.</param>
/// <param name="Accepted">Items put on the queue (or known already).</param>
/// <param name="Rejected">Items that are no events, answered by index.</param>
/// <param name="Skipped">Events not meant to be sent, at ingest or at delivery.</param>
/// <param name="Delivered">Events Customer.io took.</param>
/// <param name="Retried">Failed calls that are made again, counted as they fail.</param>
/// <param name="DeadLettered">Events that became dead letters, by reason code.</param>
public sealed record EventCounts(
    long Received,
    long Accepted,
    long Rejected,
    long Skipped,
    long Delivered,
    long Retried,
    IReadOnlyDictionary<string, long> DeadLettered)
{
    /// <summary>Since when it is counted: with the queue where its store keeps the counts, else since the first process that is counted started.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Events that came to an end with a warning, by the warning's code; an event counts once for each code it has.</summary>
    public IReadOnlyDictionary<string, long> Warnings { get; init; } = new Dictionary<string, long>();
}
