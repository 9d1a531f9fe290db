namespace CustomerIoDestination.Model;

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
