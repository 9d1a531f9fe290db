using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Ingest;

/// <summary>Wraps an event's raw JSON for the queue.</summary>
internal static class EnvelopeFactory
{
    /// <summary>The envelope of an event.</summary>
    public static EventEnvelope Wrap(
        FreshpaintEvent source,
        JsonValue item,
        ReadOnlyMemory<byte> raw,
        IngestRequest request,
        DateTimeOffset now,
        DestinationSettings settings,
        Random random)
    {
        string eventId = EventUlid.Of(source, item, settings.Mapping.EventIdProperty, random);
        Lane lane = LaneOf(source, request, now, settings.Ingest);
        return new EventEnvelope
        {
            EventId = eventId,
            Kind = source.Kind,
            QueuedAt = now,
            ReceivedAt = now,
            Partition = PartitionAssignment.Assign(source, eventId, lane, settings),
            LifecycleAllowed = request.LifecycleAllowed,
            TraceParent = request.TraceParent,
            Body = raw,
        };
    }

    private static Lane LaneOf(FreshpaintEvent source, IngestRequest request, DateTimeOffset now, IngestSettings settings)
    {
        bool import = request.Lane == Lane.Import
            || source.Head.Context["backfill"u8].Kind == JsonKind.True
            || (settings.ImportOlderThan is { } age
                && EventTime.TryRead(source.Head.Time, out long milliseconds)
                && milliseconds < now.ToUnixTimeMilliseconds() - age.TotalMilliseconds);
        return import ? Lane.Import : Lane.Live;
    }
}
