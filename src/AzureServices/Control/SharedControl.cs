using System.Globalization;
using CustomerIoDestination.AzureServices.ServiceBus.Handling;
using CustomerIoDestination.Delivery;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>
/// The delivering side of every process together. What other processes count and hold is up to <see cref="InstanceReport.Interval"/> old, and what an
/// operator says reaches them within a few seconds.
/// </summary>
internal sealed class SharedControl(DestinationControl own, ControlTable table, TimeProvider time, Random random, EventsInHand? inHand = null) : IDestinationControl
{
    /// <summary>What this process is called.</summary>
    public string Id { get; } = random.NextInt64().ToString("x16", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public async Task<DeliveryStatus> GetStatusAsync(CancellationToken cancellationToken) =>
        SharedStatus.Of(await ReadOwnAsync(cancellationToken), await table.ReadReportsAsync(cancellationToken));

    /// <inheritdoc/>
    public async Task ResumeAsync(CancellationToken cancellationToken)
    {
        await table.CommandResumeAsync(time.GetUtcNow(), cancellationToken);
        await own.ResumeAsync(cancellationToken);
    }

    /// <summary>What this process is.</summary>
    public async Task<InstanceReport> ReadOwnAsync(CancellationToken cancellationToken) =>
        new(Id, time.GetUtcNow(), await own.GetStatusAsync(cancellationToken)) { InHand = inHand?.Read() ?? default };
}
