using System.Collections.Concurrent;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.Telemetry;

/// <summary>Counts what becomes of events in this process, for the status. Thread-safe; one instance a process.</summary>
/// <param name="time">Tells since when.</param>
public sealed class EventCounters(TimeProvider time) : IEventCounts
{
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private readonly ConcurrentDictionary<DeadLetterReason, long> _deadLettered = new();
    private readonly ConcurrentDictionary<WarningCode, long> _warned = new();
    private long _received;
    private long _accepted;
    private long _rejected;
    private long _skippedItems;
    private long _skipped;
    private long _delivered;
    private long _retried;

    /// <summary>Items that are no events.</summary>
    public long Rejected => Interlocked.Read(ref _rejected);

    /// <summary>Items not meant to be sent, which no queue ever saw.</summary>
    public long SkippedItems => Interlocked.Read(ref _skippedItems);

    /// <summary>Failed calls that are made again.</summary>
    public long Retried => Interlocked.Read(ref _retried);

    /// <summary>One request came in.</summary>
    /// <param name="received">Items in it.</param>
    /// <param name="accepted">Items the queue has now.</param>
    /// <param name="rejected">Items answered by index.</param>
    /// <param name="skipped">Items not meant to be sent.</param>
    public void Ingested(int received, int accepted, int rejected, int skipped)
    {
        Interlocked.Add(ref _received, received);
        Interlocked.Add(ref _accepted, accepted);
        Interlocked.Add(ref _rejected, rejected);
        Interlocked.Add(ref _skippedItems, skipped);
    }

    /// <summary>So many calls failed and are made again.</summary>
    public void CallsFailed(int calls) => Interlocked.Add(ref _retried, calls);

    /// <summary>So many events that nobody held were taken off the queue on purpose. The embedded queue counts its own.</summary>
    public void Removed(int events) => Interlocked.Add(ref _skipped, events);

    /// <summary>A pass of the delivery handler ended.</summary>
    public void Ended(DeliveryAttempt attempt)
    {
        if (attempt.Outcome != AttemptOutcome.Released)
        {
            foreach (WarningCode code in MappingWarning.CodesOf(attempt.Warnings))
            {
                _warned.AddOrUpdate(code, 1, static (_, count) => count + 1);
            }
        }

        switch (attempt)
        {
            case { IsRepeat: true, Outcome: AttemptOutcome.Delivered or AttemptOutcome.Skipped }:
                // Its event was counted when it was delivered first.
                break;
            case { Outcome: AttemptOutcome.Delivered }:
                Interlocked.Increment(ref _delivered);
                break;
            case { Outcome: AttemptOutcome.Skipped }:
                Interlocked.Increment(ref _skipped);
                break;
            case { Settlement: Settlement.DeadLetter dead }:
                _deadLettered.AddOrUpdate(dead.Reason, 1, static (_, count) => count + 1);
                break;
        }
    }

    /// <summary>The counts now.</summary>
    public EventCounts Read() => new(
        Interlocked.Read(ref _received),
        Interlocked.Read(ref _accepted),
        Rejected,
        SkippedItems + Interlocked.Read(ref _skipped),
        Interlocked.Read(ref _delivered),
        Retried,
        _deadLettered.ToDictionary(pair => pair.Key.ToCode(), pair => pair.Value, StringComparer.Ordinal))
    {
        Since = _since,
        Warnings = _warned.ToDictionary(pair => pair.Key.ToCode(), pair => pair.Value, StringComparer.Ordinal),
    };
}
