using CustomerIoDestination.Model;
using CustomerIoDestination.SqliteQueue.Tables;

namespace CustomerIoDestination.SqliteQueue.Writing;

/// <summary>Steps of several commands that touch more than one table, with the counters that go with them.</summary>
internal static class WriteSteps
{
    public static bool RemoveEvent(this WriteSession session, long sequence, Lane lane)
    {
        bool wasThere = session.Events.Delete(sequence);
        if (wasThere)
        {
            session.Counters.EventRemoved(lane);
        }

        return wasThere;
    }

    public static void MoveToDeadLetters(
        this WriteSession session, long sequence, Lane lane, Settlement.DeadLetter dead, DateTimeOffset at, int attempts)
    {
        session.DeadLetters.InsertFromQueue(sequence, dead.Reason, dead.Description, at, attempts);
        if (session.RemoveEvent(sequence, lane))
        {
            session.Counters.DeadLetterAdded(dead.Reason);
        }
    }

    /// <summary>Removes dead letters, after <paramref name="before"/> did with each what is to be done, and logs it.</summary>
    public static DeadLetterBatch RemoveDeadLetters(
        this WriteSession session, IReadOnlyList<long> ids, EventStep step, Action<DeadLetterKey>? before = null)
    {
        List<DeadLetterKey> found = [];
        List<long> notFound = [];
        foreach (long id in ids)
        {
            if (session.DeadLetters.Find(id) is not { } deadLetter)
            {
                notFound.Add(id);
                continue;
            }

            before?.Invoke(deadLetter);
            session.RemoveDeadLetter(deadLetter);
            session.Log.Insert(new DeliveryLogEntry
            {
                At = session.Now,
                EventId = deadLetter.EventId,
                Kind = deadLetter.Kind,
                Lane = deadLetter.Partition.Lane,
                Step = step,
                Reason = deadLetter.Reason.ToCode(),
                Attempts = deadLetter.Attempts,
            });
            found.Add(deadLetter);
        }

        return new DeadLetterBatch(found, notFound);
    }

    public static void RemoveDeadLetter(this WriteSession session, DeadLetterKey deadLetter)
    {
        session.DeadLetters.Delete(deadLetter.Id);
        session.Counters.DeadLetterRemoved(deadLetter.Reason);
    }
}
