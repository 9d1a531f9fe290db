using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Storage;
using CustomerIoDestination.SqliteQueue.Writing;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue;

/// <summary>The embedded queue as ingest sees it.</summary>
public sealed class SqliteEventQueue(QueueFile file) : IEventQueue
{
    /// <summary>Bytes that may wait for the writer; beyond them it is busy. Bounds memory when the disk is slower than the senders.</summary>
    private const long MaxBacklogBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BrokenFor = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (envelopes.Count == 0)
        {
            return EnqueueResult.Enqueued.All;
        }

        return file.Writer.Backlog > MaxBacklogBytes
            ? new EnqueueResult.Unavailable("queue_busy", BusyFor)
            : await file.Writer.WriteAsync(new EnqueueCommand(envelopes, file.Leases)).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<QueueStatus?> GetStatusAsync(CancellationToken cancellationToken)
    {
        (DateTimeOffset? Live, DateTimeOffset? Import) oldest = default;
        bool canRead = true;
        try
        {
            oldest = await file.ReadAsync(
                reader => (reader.Events.OldestQueuedAt(file.Leases.Known(Lane.Live)), reader.Events.OldestQueuedAt(file.Leases.Known(Lane.Import))),
                cancellationToken);
        }
        catch (SqliteException)
        {
            // A status must be told of a broken file too.
            canRead = false;
        }

        return new QueueStatus(
            canRead && file.Writer.CanWrite,
            StatusOf(Lane.Live, oldest.Live),
            StatusOf(Lane.Import, oldest.Import),
            file.Writer.Counters.DeadLettered);
    }

    internal static EnqueueResult.Unavailable Unavailable(string code) => new(code, BrokenFor);

    private LaneStatus StatusOf(Lane lane, DateTimeOffset? oldest)
    {
        long inDelivery = file.Leases.InDelivery(lane);
        TimeSpan age = oldest is { } queuedAt ? file.TimeProvider.GetUtcNow() - queuedAt : TimeSpan.Zero;
        return new LaneStatus(
            Math.Max(0, file.Writer.Counters.Depth(lane) - inDelivery),
            inDelivery,
            age > TimeSpan.Zero ? age : TimeSpan.Zero);
    }
}
