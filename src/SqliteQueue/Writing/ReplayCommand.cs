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
            session.Seen.Put(MessageKey.Of(deadLetter.EventId, deadLetter.Kind, replayCount, deadLetter.IsRepeat), now, sequence);
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

/// <summary>Lets events go whose time has come. They join the queue as if they were put on it now, as a scheduled message of Service Bus does.</summary>
/// <param name="due">Those that were found to be due; one that is gone meanwhile is passed over.</param>
/// <param name="leases">Told of their partitions.</param>
internal sealed class LetGoCommand(IReadOnlyList<DueEvent> due, PartitionLeases leases) : WriteCommand<int>
{
    // Each row is written anew.
    public override int Weight => due.Count * 4 * RowBytes;

    protected override int Write(WriteSession session)
    {
        ClockReading now = session.Now;
        int gone = 0;
        foreach (DueEvent one in due)
        {
            long sequence = session.Counters.NextSequence;
            if (session.Events.LetGo(one.Sequence, sequence, now.Wall))
            {
                session.Counters.EventAdded(one.Partition.Lane);
                session.Seen.Put(one.Key, now, sequence);
                gone++;
            }
        }

        return gone;
    }

    protected override void OnCommitted(int result)
    {
        foreach (DueEvent one in due)
        {
            leases.Added(one.Partition);
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
