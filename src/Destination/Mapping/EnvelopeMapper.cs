using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Queueing;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Mapping;

/// <summary>From the raw JSON on the queue to what is sent: read, decide whether it is to be sent, map, check every limit. Never throws on input.</summary>
public sealed class EnvelopeMapper(MappingSettings mapping, LimitSettings limits)
{
    /// <summary>Maps an event.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="scope">Where it is read and written; the result lives as long.</param>
    public MappingResult Map(EventEnvelope envelope, MappingScope scope)
    {
        switch (EventItem.Read(envelope.Body, scope.Table))
        {
            case EventItem.Bad bad:
                DeadLetterReason reason = bad.Code == "invalid_event" ? DeadLetterReason.InvalidEvent : DeadLetterReason.Unreadable;
                return new MappingResult.Invalid([new MappingProblem(reason, "event", bad.Message)]);
            case EventItem.Readable { Event: var source }:
                return EventAdmission.Decide(source) is { } skip
                    ? new MappingResult.Skipped(skip)
                    : EventMapper.Map(source, new MappingContext(envelope, mapping, limits, scope.Output));
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
