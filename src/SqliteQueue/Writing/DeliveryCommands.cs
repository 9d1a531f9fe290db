using System.Diagnostics;
using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>
/// Writes down that a run is about to be handed out, for runs a process may have died of (<see cref="Leasing.PartitionLeases"/> says which).
/// An event that was claimed too often without an end goes to the dead letters instead.
/// </summary>
/// <param name="run">The run, oldest first.</param>
internal sealed class ClaimCommand(IReadOnlyList<QueuedEvent> run) : WriteCommand<IReadOnlySet<long>>
{
    /// <summary>Claims without an end before an event is taken out: the same as <c>maxDeliveryCount</c> on Service Bus.</summary>
    public const int MaxClaims = 100;

    private static readonly Settlement.DeadLetter TooManyClaims = new(
        DeadLetterReason.DeliveryCount,
        string.Create(CultureInfo.InvariantCulture, $"Handed out {MaxClaims} times, and each time the process ended before the event was settled."));

    public override int Weight => run.Count * RowBytes;

    protected override IReadOnlySet<long> Write(WriteSession session)
    {
        ClockReading now = session.Now;
        HashSet<long> deadLettered = [];
        foreach (QueuedEvent queued in run)
        {
            long sequence = queued.Received.SequenceNumber;
            if (queued.Claims < MaxClaims)
            {
                session.Events.Claim(sequence);
                continue;
            }

            deadLettered.Add(sequence);
            EventEnvelope envelope = queued.Received.Envelope;
            session.MoveToDeadLetters(sequence, envelope.Lane, TooManyClaims, now, queued.Received.History.FailedCalls);
            session.Record(
                new DeliveryLogEntry
                {
                    At = now.Wall,
                    EventId = envelope.EventId,
                    Kind = envelope.Kind,
                    Lane = envelope.Lane,
                    Step = EventStep.Delivery,
                    Outcome = AttemptOutcome.DeadLettered,
                    Reason = TooManyClaims.Reason.ToCode(),
                    Attempts = queued.Received.History.FailedCalls,
                },
                envelope.ReceivedAt,
                envelope.QueuedAt);
        }

        return deadLettered;
    }
}

/// <summary>Writes down an event's failures while its delivery goes on. A disk that fails is answered by false: the next one says more.</summary>
internal sealed class KeepCommand(long sequence, FailureHistory history) : WriteCommand<bool>
{
    protected override bool Write(WriteSession session) => session.Events.KeepHistory(sequence, history);

    protected override bool TryAnswer(Exception exception, out bool answer)
    {
        answer = false;
        return StorageFailure.Is(exception) || exception is QueueClosedException;
    }
}

/// <summary>Carries out one settlement and logs the attempt, in one transaction.</summary>
internal sealed class SettleCommand(ReceivedEvent received, DeliveryAttempt attempt, PartitionLeases leases) : WriteCommand<bool>
{
    // What is deleted is overwritten first.
    public override int Weight => RowBytes + received.Envelope.Body.Length;

    // The attempt happened: forgetting it would deliver the event again.
    public override bool OutlastsStorageFailure => true;

    protected override bool Write(WriteSession session)
    {
        long sequence = received.SequenceNumber;
        Lane lane = received.Envelope.Lane;
        DeliveryLogEntry entry = DeliveryLogEntry.Of(attempt);
        switch (attempt.Settlement)
        {
            case Settlement.Complete when session.RemoveEvent(sequence, lane):
                break;
            case Settlement.DeadLetter dead when session.MoveToDeadLetters(sequence, lane, dead, session.Now, attempt.Attempts):
                entry = entry with { At = session.Now.Wall };
                break;
            case Settlement.Complete or Settlement.DeadLetter:
                // It was taken off the queue meanwhile, and the log knows.
                return true;
            case Settlement.Release release:
                session.Events.KeepHistory(sequence, release.History);
                session.Events.Unclaim(sequence);
                break;
            default:
                throw new UnreachableException();
        }

        session.Record(entry, received.Envelope.ReceivedAt, received.Envelope.QueuedAt);
        return true;
    }

    protected override void OnCommitted(bool result) => leases.Settled(received.Envelope.Lane, 1);
}
