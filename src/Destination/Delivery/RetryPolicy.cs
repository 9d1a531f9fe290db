using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Delivery;

/// <summary>
/// What becomes of an event after a call for it. Pure. The rows, first match first:
/// <list type="table">
/// <item><term>delivered</term><description>complete</description></item>
/// <item><term>rejected</term><description>dead letter <c>rejected_by_customerio</c></description></item>
/// <item><term>misconfigured</term><description>hold: nothing can be delivered, so nothing expires</description></item>
/// <item><term>unavailable, 10 failed calls over 15 minutes, 20 events of other partitions delivered since</term><description>dead letter <c>undeliverable</c>: it alone fails</description></item>
/// <item><term>unavailable after a call, not 429, tried for the retry window by a clock that is believed</term><description>dead letter <c>expired</c></description></item>
/// <item><term>unavailable, Customer.io said when</term><description>wait for as long, between 1 s and 300 s</description></item>
/// <item><term>unavailable</term><description>wait 1 s to 60 s, doubling, with jitter</description></item>
/// </list>
/// </summary>
/// <param name="settings">The retry window.</param>
/// <param name="random">Chance, for the jitter.</param>
internal sealed class RetryPolicy(DeliverySettings settings, Random random)
{
    public const int UndeliverableCalls = 10;
    public const int UndeliverableOthers = 20;

    public static readonly TimeSpan UndeliverableAfter = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(60);

    /// <summary>Decides.</summary>
    public RetryDecision Decide(in RetryFacts facts) => facts.Outcome switch
    {
        DeliveryOutcome.Delivered => new RetryDecision.Settle(Settlement.Complete.Delivered),
        DeliveryOutcome.Rejected rejected => new RetryDecision.Settle(new Settlement.DeadLetter(DeadLetterReason.RejectedByCustomerIo, Describe(rejected)) { Answer = rejected.Text }),
        DeliveryOutcome.Misconfigured => RetryDecision.Hold.Instance,
        DeliveryOutcome.Unavailable last when FailsAlone(facts) => Dead(DeadLetterReason.Undeliverable, string.Create(
            CultureInfo.InvariantCulture,
            $"{facts.FailedCalls} calls failed over {facts.FailingFor.TotalMinutes:F0} min while {facts.OthersDelivered} events of other partitions were delivered; last: {last.Reason}")),
        DeliveryOutcome.Unavailable { Calls: > 0, HttpStatus: not 429 } last when !facts.ClockIsDoubted && facts.TriedFor >= settings.RetryWindow => Dead(DeadLetterReason.Expired, string.Create(
            CultureInfo.InvariantCulture,
            $"first failed {facts.FailingFor.TotalHours:F1} h ago, retry window {settings.RetryWindow.TotalHours:F1} h, {facts.FailedCalls} calls failed; last: {last.Reason}")),
        DeliveryOutcome.Unavailable { RetryAfter: { } wait } => new RetryDecision.Wait(RetryAfter.Bounded(wait)),
        DeliveryOutcome.Unavailable => new RetryDecision.Wait(Backoff(facts.FailuresInARow)),
        _ => throw new UnreachableException(),
    };

    private static bool FailsAlone(in RetryFacts facts) =>
        facts.FailedCalls >= UndeliverableCalls && facts.FailingFor >= UndeliverableAfter && facts.OthersDelivered >= UndeliverableOthers;

    // Between half of the step and the step, so that partitions that failed together don't come back together.
    private TimeSpan Backoff(int failures)
    {
        TimeSpan longest = Clamp(TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures, 16))), ShortestWait, LongestBackoff);
        TimeSpan shortest = Clamp(longest / 2, ShortestWait, LongestBackoff);
        return shortest + ((longest - shortest) * random.NextDouble());
    }

    private static RetryDecision.Settle Dead(DeadLetterReason reason, string description) => new(new Settlement.DeadLetter(reason, description));

    private static string Describe(DeliveryOutcome.Rejected rejected)
    {
        string status = rejected.Message.StartsWith("HTTP ", StringComparison.Ordinal) ? "" : string.Create(CultureInfo.InvariantCulture, $"HTTP {rejected.HttpStatus}: ");
        return rejected.Field is { } field ? $"{status}{field}: {rejected.Message}" : $"{status}{rejected.Message}";
    }

    private static TimeSpan Clamp(TimeSpan value, TimeSpan least, TimeSpan most) => value < least ? least : value > most ? most : value;
}

/// <summary>Everything a retry is decided by.</summary>
public readonly record struct RetryFacts
{
    /// <summary>What the call came to.</summary>
    public required DeliveryOutcome Outcome { get; init; }

    /// <summary>Failed calls for it, this one and earlier deliveries included.</summary>
    public required int FailedCalls { get; init; }

    /// <summary>How long ago the first of them failed.</summary>
    public required TimeSpan FailingFor { get; init; }

    /// <summary>How long it has been tried since: at most <see cref="FailingFor"/>, without the time the destination was paused or this process did not run.</summary>
    public required TimeSpan TriedFor { get; init; }

    /// <summary>How often it, or what it was sent with, failed in a row in this delivery, this time included; at least 1 after a failure.</summary>
    public required int FailuresInARow { get; init; }

    /// <summary>Events of other partitions this process delivered since its first failure.</summary>
    public required long OthersDelivered { get; init; }

    /// <summary>Whether the clock is doubted (<see cref="Time.SteadyClock"/>): then nothing expires.</summary>
    public bool ClockIsDoubted { get; init; }
}

/// <summary>What happens next to an event after a call for it.</summary>
public abstract record RetryDecision
{
    private RetryDecision()
    {
    }

    /// <summary>It is over; this is done with the queue message.</summary>
    public sealed record Settle(Settlement Settlement) : RetryDecision;

    /// <summary>It waits in place, its partition with it, and is sent again.</summary>
    /// <param name="Delay">How long it waits.</param>
    public sealed record Wait(TimeSpan Delay) : RetryDecision;

    /// <summary>It waits in place until the destination is no longer paused.</summary>
    public sealed record Hold : RetryDecision
    {
        /// <summary>The only value.</summary>
        public static Hold Instance { get; } = new();
    }
}

/// <summary>
/// What this process delivered for others while an event failed: the difference between an event that alone fails and an outage. Thread-safe.
/// </summary>
internal sealed class PeerDeliveries
{
    private readonly long[] _perPartition = new long[2 * Partition.MaxCount];
    private readonly ConcurrentDictionary<Partition, Mark> _released = new();
    private long _total;

    /// <summary>An event of the partition was delivered.</summary>
    public void Delivered(Partition partition)
    {
        Interlocked.Increment(ref _perPartition[Index(partition)]);
        Interlocked.Increment(ref _total);
    }

    /// <summary>Events of other partitions delivered so far.</summary>
    public long Others(Partition partition) => Interlocked.Read(ref _total) - Interlocked.Read(ref _perPartition[Index(partition)]);

    /// <summary>Remembers, beyond a release, how many others were delivered when the event began to fail.</summary>
    public void Released(Partition partition, string eventId, long othersAtFirstFailure) => _released[partition] = new Mark(eventId, othersAtFirstFailure);

    /// <summary>What <see cref="Released"/> remembered of the event; the count of now when it remembers nothing.</summary>
    public long AtFirstFailure(Partition partition, string eventId) =>
        _released.TryRemove(partition, out Mark mark) && mark.EventId == eventId ? mark.Others : Others(partition);

    private static int Index(Partition partition) => ((int)partition.Lane * Partition.MaxCount) + partition.Number;

    private readonly record struct Mark(string EventId, long Others);
}
