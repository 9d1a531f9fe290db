using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Delivery.Batching;

/// <summary>
/// Gathers the events of many partitions into batches, a line for each lane. A batch goes when it is full or its oldest event waited
/// <see cref="BatchLine.FlushAfter"/>, and one of the few places on the wire is free; while none is, batches grow. Thread-safe.
/// </summary>
internal sealed class Batcher : IDisposable
{
    private readonly BatchLine _live;
    private readonly BatchLine _import;

    public Batcher(BatchSending sending, DeliveryGate gate, DeliverySettings settings, TimeProvider time)
    {
        _live = new BatchLine(Lane.Live, sending, gate, settings.BatchItems, time);
        _import = new BatchLine(Lane.Import, sending, gate, settings.BatchItems, time);
    }

    /// <summary>Sends a group. When the task ends every event of it has its outcome.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before it was sent.</exception>
    public Task SendAsync(BatchGroup group, CancellationToken cancellationToken) =>
        (group.Lane == Lane.Live ? _live : _import).SendAsync(group, cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _live.Dispose();
        _import.Dispose();
    }
}
