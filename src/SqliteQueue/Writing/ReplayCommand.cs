using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.SqliteQueue.Leasing;
using CustomerIoDestination.SqliteQueue.Tables;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>Moves a few dead letters back to the queue, in one transaction, so that none is lost or doubled.</summary>
internal sealed class ReplayCommand(IReadOnlyList<long> ids, bool asOfNow, DeadLetterRun run, PartitionLeases leases) : WriteCommand<DeadLetterBatch>
{
    public override bool IsRefusable => true;

    protected override DeadLetterBatch Write(WriteSession session)
    {
        ClockReading now = session.Now;
        DeadLetterBatch batch = session.RemoveDeadLetters(ids, EventStep.Replayed, deadLetter =>
        {
            int replayCount = deadLetter.ReplayCount + 1;
            long sequence = session.Counters.NextSequence;
            session.Events.Requeue(sequence, now.Wall, replayCount, asOfNow, deadLetter.Id, run.Id);
            session.Seen.Put(MessageKey.Of(deadLetter.EventId, deadLetter.Kind, replayCount), now, sequence);
            session.Counters.EventAdded(deadLetter.Partition.Lane);
        });
        session.Replays.AddReplayed(run, batch.Found.Count);
        return batch;
    }

    protected override void OnCommitted(DeadLetterBatch result)
    {
        foreach (DeadLetterKey deadLetter in result.Found)
        {
            leases.Added(deadLetter.Partition);
        }
    }
}

/// <summary>What became of a few dead letters.</summary>
/// <param name="Found">Those that were there, and are not any more.</param>
/// <param name="NotFound">Ids that are not there.</param>
internal sealed record DeadLetterBatch(IReadOnlyList<DeadLetterKey> Found, IReadOnlyList<long> NotFound)
{
    public int Identifies => Found.Count(deadLetter => deadLetter.Kind is EventKind.Identify);
}
