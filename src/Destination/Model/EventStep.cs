using System.Diagnostics;

namespace CustomerIoDestination.Model;

/// <summary>A step in an event's life.</summary>
public enum EventStep
{
    /// <summary>Ingest accepted it.</summary>
    Accepted,

    /// <summary>It waits on the queue.</summary>
    Queued,

    /// <summary>A pass of the delivery handler ended.</summary>
    Delivery,

    /// <summary>Ingest skipped it: it was never queued.</summary>
    Ingest,

    /// <summary>It was replayed from the dead letters.</summary>
    Replayed,

    /// <summary>It was discarded from the dead letters.</summary>
    Discarded,
}

/// <summary>The names of <see cref="EventStep"/> in the API and in stored logs, which outlive versions.</summary>
public static class EventStepCodes
{
    /// <summary>The lower-case name, for instance <c>accepted</c>.</summary>
    public static string ToCode(this EventStep step) => step switch
    {
        EventStep.Accepted => "accepted",
        EventStep.Queued => "queued",
        EventStep.Delivery => "delivery",
        EventStep.Ingest => "ingest",
        EventStep.Replayed => "replayed",
        EventStep.Discarded => "discarded",
        _ => throw new UnreachableException(),
    };

    /// <summary>Reads what <see cref="ToCode"/> wrote; a step only a newer version knows is told as a delivery.</summary>
    public static EventStep Parse(string code) => code switch
    {
        "accepted" => EventStep.Accepted,
        "queued" => EventStep.Queued,
        "ingest" => EventStep.Ingest,
        "replayed" => EventStep.Replayed,
        "discarded" => EventStep.Discarded,
        _ => EventStep.Delivery,
    };
}
