namespace CustomerIoDestination.Model;

/// <summary>Everything known about one event.</summary>
/// <param name="EventId">The event's ULID.</param>
/// <param name="Kind">The event's kind.</param>
/// <param name="Steps">Oldest first.</param>
public sealed record EventStory(string EventId, EventKind Kind, IReadOnlyList<DeliveryLogEntry> Steps)
{
    /// <summary>
    /// Tells a story out of what was recorded, however often and in whatever order: an event that is sent again arrives again and is not queued twice, and a
    /// replay queues it anew at that moment. Null when nothing was recorded.
    /// </summary>
    /// <param name="eventId">The event's ULID.</param>
    /// <param name="recorded">Its steps; those of one moment as they followed each other.</param>
    public static EventStory? Of(string eventId, IEnumerable<DeliveryLogEntry> recorded)
    {
        DeliveryLogEntry[] steps = [.. AsTold(recorded.OrderBy(step => step.At).ThenBy(step => step.Step is EventStep.Accepted or EventStep.Queued ? step.Step : EventStep.Delivery))];
        return steps is [var first, ..] ? new EventStory(eventId, first.Kind, steps) : null;
    }

    private static IEnumerable<DeliveryLogEntry> AsTold(IEnumerable<DeliveryLogEntry> steps)
    {
        bool accepted = false;
        bool queued = false;
        foreach (DeliveryLogEntry step in steps)
        {
            bool repeat = (step.Step == EventStep.Accepted && accepted) || (step.Step == EventStep.Queued && queued);
            accepted |= step.Step == EventStep.Accepted;
            queued |= step.Step == EventStep.Queued;
            if (!repeat)
            {
                yield return step;
            }

            if (step.Step == EventStep.Replayed)
            {
                yield return new DeliveryLogEntry { At = step.At, EventId = step.EventId, Kind = step.Kind, Lane = step.Lane, Step = EventStep.Queued };
            }
        }
    }
}

/// <summary>A step in an event's life.</summary>
public enum EventStep
{
    /// <summary>Ingest accepted it.</summary>
    [Code("accepted")]
    Accepted,

    /// <summary>It waits on the queue.</summary>
    [Code("queued")]
    Queued,

    /// <summary>A pass of the delivery handler ended.</summary>
    [Code("delivery")]
    Delivery,

    /// <summary>Ingest skipped it: it was never queued.</summary>
    [Code("ingest")]
    Ingest,

    /// <summary>It was replayed from the dead letters.</summary>
    [Code("replayed")]
    Replayed,

    /// <summary>It was discarded from the dead letters.</summary>
    [Code("discarded")]
    Discarded,
}
