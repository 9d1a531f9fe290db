using System.Diagnostics;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Leasing;

namespace CustomerIoDestination.SqliteQueue.Writing;

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
            case Settlement.Complete:
                session.RemoveEvent(sequence, lane);
                break;
            case Settlement.DeadLetter dead:
                // By the time its retention is counted from, which a clock that is wrong now must not shorten.
                entry = entry with { At = session.Now };
                session.MoveToDeadLetters(sequence, lane, dead, entry.At, attempt.Attempts);
                break;
            case Settlement.Release release:
                session.Events.KeepHistory(sequence, release.History);
                session.Events.Unclaim(sequence);
                break;
            default:
                throw new UnreachableException();
        }

        session.Log.Insert(entry, received.Envelope.ReceivedAt, received.Envelope.QueuedAt);
        return true;
    }

    protected override void OnCommitted(bool result) => leases.Settled(received.Envelope.Lane, 1);
}
