using CustomerIoDestination.Model;

namespace CustomerIoDestination.Settings;

/// <summary>How events are sent.</summary>
public enum DeliveryMode
{
    /// <summary>One request an event, to the v1 endpoints.</summary>
    Single,

    /// <summary>Many events a request, to <c>/api/v2/batch</c>.</summary>
    Batch,
}

/// <summary>How fast, how long and in what form events are delivered.</summary>
public sealed record DeliverySettings
{
    /// <summary>Whether events are delivered at all; off, they wait on the queue and flow when it is on again.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The most requests in any second, retries included; 1 to 1,000. Customer.io asks for 100 to 200.</summary>
    [WholeNumber(1, 1_000)]
    public int RequestsPerSecond { get; init; } = 100;

    /// <summary>One request an event, or batches.</summary>
    public DeliveryMode Mode { get; init; } = DeliveryMode.Single;

    /// <summary>
    /// How long a failing event is tried, counted from its own first failed call; then it becomes a dead letter. Time in which the destination is paused or
    /// the process does not run does not count, and a 429 never makes an event expire.
    /// </summary>
    [TimeSpanWithin("00:01:00", "14.00:00:00")]
    public TimeSpan RetryWindow { get; init; } = TimeSpan.FromHours(72);

    /// <summary>How long one delivery waits in place before it gives its partition up.</summary>
    [TimeSpanWithin("00:00:10", "00:25:00")]
    public TimeSpan HoldBudget { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The most items a batch holds, 1 to 1,000.</summary>
    [WholeNumber(1, 1_000)]
    public int BatchItems { get; init; } = 500;

    /// <summary>Whether anonymous events may travel in batches: it works for others but is undocumented by Customer.io.</summary>
    public bool BatchAnonymous { get; init; }

    /// <summary>Partitions of the live lane, 1 to 100. Fixed for a deployment: changing it moves devices to other partitions.</summary>
    [WholeNumber(1, Partition.MaxCount)]
    public int LivePartitions { get; init; } = 64;

    /// <summary>Partitions of the import lane, 1 to 100. Fixed for a deployment.</summary>
    [WholeNumber(1, Partition.MaxCount)]
    public int ImportPartitions { get; init; } = 64;
}
