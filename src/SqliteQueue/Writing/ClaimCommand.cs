using System.Globalization;
using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Tables;

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
            session.MoveToDeadLetters(sequence, envelope.Lane, TooManyClaims, session.Now, queued.Received.History.Attempts);
            session.Log.Insert(
                new DeliveryLogEntry
                {
                    At = session.Now,
                    EventId = envelope.EventId,
                    Kind = envelope.Kind,
                    Lane = envelope.Lane,
                    Step = EventStep.Delivery,
                    Outcome = AttemptOutcome.DeadLettered,
                    Reason = TooManyClaims.Reason.ToCode(),
                    Attempts = queued.Received.History.Attempts,
                },
                envelope.ReceivedAt,
                envelope.QueuedAt);
        }

        return deadLettered;
    }
}
