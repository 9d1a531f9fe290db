using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>What one process said of itself.</summary>
/// <param name="Id">The process.</param>
/// <param name="SeenAt">When it said so.</param>
/// <param name="Status">Its delivering side.</param>
internal sealed record InstanceReport(string Id, DateTimeOffset SeenAt, DeliveryStatus Status)
{
    /// <summary>Whether this version knows the state it told; if not, the state of <see cref="Status"/> means nothing.</summary>
    public bool IsStateKnown { get; init; } = true;

    /// <summary>Events it holds for delivery.</summary>
    public InHand InHand { get; init; }

    /// <summary>How often a process reports.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>How long a report tells of the present: three may be missed.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromSeconds(60);

    /// <summary>How long the counts of a process that is gone are counted in.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(7);
}
