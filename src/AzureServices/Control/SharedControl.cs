using System.Globalization;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.AzureServices.Tables;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>
/// The delivering side of every process together. What other processes count and hold is up to <see cref="InstanceReport.Interval"/> old, and what an
/// operator says reaches them within a few seconds.
/// </summary>
internal sealed class SharedControl(DestinationControl own, ControlTable table, TableAccess access, TimeProvider time, Random random, EventsInHand? inHand = null)
    : IDestinationControl
{
    /// <summary>What this process is called.</summary>
    public string Id { get; } = random.NextInt64().ToString("x16", CultureInfo.InvariantCulture);

    // Counts must not fall because storage is away, and what was heard goes stale by itself.
    private volatile IReadOnlyList<InstanceReport> _lastHeard = [];

    /// <inheritdoc/>
    public async Task<DeliveryStatus> GetStatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            _lastHeard = await table.ReadReportsAsync(cancellationToken);
        }
        catch (UnavailableException)
        {
            // Told by SharedState.
        }

        return SharedStatus.Of(await ReadOwnAsync(cancellationToken), _lastHeard) with { SharedState = access.State };
    }

    /// <inheritdoc/>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        await own.ResumeAsync(cancellationToken);
        await table.CommandResumeAsync(time.GetUtcNow(), cancellationToken);
    }

    /// <inheritdoc/>
    public FailingEvent? FindFailing(string eventId) => own.FindFailing(eventId);

    /// <summary>What this process is.</summary>
    public async Task<InstanceReport> ReadOwnAsync(CancellationToken cancellationToken) =>
        new(Id, time.GetUtcNow(), await own.GetStatusAsync(cancellationToken)) { InHand = inHand?.Read() ?? default };
}
