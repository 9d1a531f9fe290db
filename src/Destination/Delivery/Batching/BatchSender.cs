using CustomerIoDestination.Delivery.Sending;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Delivery.Batching;

/// <summary>
/// Gathers the events of many partitions into batches, a line for each lane. A batch goes when it is full or its oldest event waited
/// <see cref="BatchLine.FlushAfter"/>, and one of the few places on the wire is free; while none is, batches grow. Thread-safe.
/// </summary>
internal sealed class BatchSender : IEventSender, IDisposable
{
    private readonly BatchLine _live;
    private readonly BatchLine _import;

    public BatchSender(BatchSending sending, DeliveryGate gate, DeliverySettings settings, TimeProvider time)
    {
        _live = new BatchLine(Lane.Live, sending, gate, settings.BatchItems, time);
        _import = new BatchLine(Lane.Import, sending, gate, settings.BatchItems, time);
    }

    /// <inheritdoc/>
    public Task SendAsync(Shipment shipment, CancellationToken cancellationToken) =>
        (shipment.Lane == Lane.Live ? _live : _import).SendAsync(shipment, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _live.Dispose();
        _import.Dispose();
    }
}
