using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Upkeep;
using CustomerIoDestination.SqliteQueue.Writing;
using CustomerIoDestination.Time;
using Microsoft.Data.Sqlite;

namespace CustomerIoDestination.SqliteQueue;

/// <summary>The embedded queue as ingest sees it.</summary>
public sealed class SqliteEventQueue(QueueFile file) : IEventQueue
{
    /// <summary>Bytes that may wait for the writer; beyond them it is busy. Bounds memory when the disk is slower than the senders.</summary>
    private const long MaxBacklogBytes = 64 * 1024 * 1024;

    private const int RemovalsPerCommit = 200;

    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    public async Task<EnqueueResult> EnqueueAsync(IReadOnlyList<EventEnvelope> envelopes, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (envelopes.Count == 0)
        {
            return EnqueueResult.Enqueued.All;
        }

        if (file.Leases.UnreadableCount > 0 && envelopes.Any(envelope => !file.Leases.CanRead(envelope.Partition)))
        {
            return new EnqueueResult.Unavailable("queue_unreadable", EnqueueCommand.BrokenFor);
        }

        return file.Writer.Backlog > MaxBacklogBytes
            ? new EnqueueResult.Unavailable("queue_busy", BusyFor)
            : await file.Writer.WriteAsync(new EnqueueCommand(envelopes, file.Leases)).WaitAsync(cancellationToken);
    }

    /// <summary>All events are in reach; one pass looks at those that are there when it begins.</summary>
    /// <inheritdoc/>
    public Task<QueueRemoval> RemoveAsync(Predicate<ReadOnlyMemory<byte>> isWanted, SkipReason reason, CancellationToken cancellationToken) =>
        file.ToldAsync(Backend.Queue, () => RemoveAllAsync(isWanted, reason, cancellationToken));

    private async Task<QueueRemoval> RemoveAllAsync(Predicate<ReadOnlyMemory<byte>> isWanted, SkipReason reason, CancellationToken cancellationToken)
    {
        long started = file.TimeProvider.GetTimestamp();
        long last = await file.ReadAsync(static tables => tables.Events.Last(), cancellationToken);
        long after = 0;
        int removed = 0;
        int inHand = 0;
        while (true)
        {
            List<ReceivedEvent> some = await file.ReadAsync(tables => tables.Events.ReadAfter(after, last, RemovalsPerCommit), cancellationToken);
            if (some.Count == 0 || cancellationToken.IsCancellationRequested || file.TimeProvider.GetElapsedTime(started) > QueueRemoval.MaxDuration)
            {
                return new QueueRemoval(removed, inHand, Left: 0, More: some.Count > 0);
            }

            List<ReceivedEvent> wanted = some.FindAll(received => isWanted(received.Envelope.Body));
            if (wanted.Count > 0)
            {
                int held = wanted.Count(received => file.Leases.IsInHand(received.Envelope.Partition, received.SequenceNumber));
                int gone = await file.Writer.WriteAsync(new WriteWork<int>(session => wanted.Count(received => Remove(session, received, reason)), mustLast: true));
                inHand += Math.Min(held, gone);
                removed += gone - Math.Min(held, gone);
            }

            after = some[^1].SequenceNumber;
        }
    }

    private static bool Remove(WriteSession session, ReceivedEvent received, SkipReason reason)
    {
        EventEnvelope envelope = received.Envelope;
        bool wasThere = envelope.NotBefore is null ? session.RemoveEvent(received.SequenceNumber, envelope.Lane) : session.Events.Delete(received.SequenceNumber);
        if (!wasThere)
        {
            return false;
        }

        if (!envelope.IsRepeat)
        {
            session.Counters.Removed();
        }

        session.Record(
            new DeliveryLogEntry
            {
                At = session.Now.Wall,
                EventId = envelope.EventId,
                Kind = envelope.Kind,
                Lane = envelope.Lane,
                Step = EventStep.Delivery,
                Outcome = AttemptOutcome.Skipped,
                Reason = reason.ToCode(),
                Attempts = received.History.FailedCalls,
            },
            envelope.ReceivedAt,
            envelope.QueuedAt);
        return true;
    }

    /// <summary>What is known already, so it costs nothing: the file is looked at each second, and whoever writes or reads notes what came of it.</summary>
    public Task<QueueHealth> GetHealthAsync(CancellationToken cancellationToken) => Task.FromResult(this switch
    {
        _ when file.Guard.IsLost => QueueHealth.FileLost,
        _ when file.Writer.CanWrite && file.Guard.IsWell && file.Leases.UnreadableCount == 0 => QueueHealth.Taking,
        _ => QueueHealth.Refusing,
    });

    /// <inheritdoc/>
    public async Task<QueueStatus?> GetStatusAsync(CancellationToken cancellationToken)
    {
        (DateTimeOffset? Live, DateTimeOffset? Import) oldest = default;
        RetentionPause? paused = null;
        long? kept = null;
        bool canRead = true;
        try
        {
            (oldest, kept) = await file.ReadAsync(
                tables => (
                    (tables.Events.OldestQueuedAt(file.Leases.Known(Lane.Live)), tables.Events.OldestQueuedAt(file.Leases.Known(Lane.Import))),
                    tables.Events.CountKept(Retention.MaxCounted)),
                cancellationToken);
            paused = await PauseAsync(file.Clock.Read(), cancellationToken);
        }
        catch (SqliteException)
        {
            // A status must be told of a broken file too.
            canRead = false;
        }

        return new QueueStatus(
            canRead && file.Guard.IsWell && file.Writer.CanWrite,
            StatusOf(Lane.Live, oldest.Live),
            StatusOf(Lane.Import, oldest.Import),
            file.Writer.Counters.DeadLettered)
        {
            RetentionPaused = paused,
            RepeatsKept = kept,
            UnreadablePartitions = file.Leases.UnreadableCount == 0 ? [] : file.Leases.Unreadable(),
        };
    }

    private async ValueTask<RetentionPause?> PauseAsync(ClockReading now, CancellationToken cancellationToken)
    {
        if (!now.IsDoubted)
        {
            return null;
        }

        DateTimeOffset before = file.Retention.DeadBefore(now.Wall);
        return new RetentionPause(
            now.ProofLeft, await file.ReadAsync(tables => tables.DeadLetters.CountExpired(before, Retention.MaxCounted), cancellationToken));
    }

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
