using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Ingest;

/// <summary>Reads the items of a request and wraps the events among them for the queue: one instance a request.</summary>
/// <param name="request">What the headers said.</param>
/// <param name="now">When it came.</param>
/// <param name="settings">How events are read.</param>
/// <param name="random">Chance for the ids of events that have neither id nor time.</param>
internal sealed class EnvelopeFactory(IngestRequest request, DateTimeOffset now, DestinationSettings settings, Random random)
{
    /// <summary>Reads an item.</summary>
    /// <param name="item">The item as it was sent.</param>
    /// <param name="wrapper">What the object around the batch says; null for nothing.</param>
    /// <param name="table">Where it is read; the event lives as long.</param>
    /// <param name="envelope">The event's envelope; null when the item is none.</param>
    public EventItem Read(ReadOnlyMemory<byte> item, BatchWrapper? wrapper, JsonTable table, out EventEnvelope? envelope)
    {
        envelope = null;
        EventItem read = EventItem.Read(item, table, settings.Mapping.PlaceholderIdentifiers);
        if (read is not EventItem.Readable { Event: var source })
        {
            return read;
        }

        // Of the item as given: the same event has the same id whatever it is wrapped in.
        string eventId = EventUlid.Of(source, table.Root, settings.Mapping.EventIdProperty, random);
        if (wrapper?.Merge(item, table.Root, source.Head.Shape) is { } merged)
        {
            item = merged;
            read = EventItem.Read(merged, table, settings.Mapping.PlaceholderIdentifiers);
            if (read is not EventItem.Readable { Event: var whole })
            {
                return read;
            }

            source = whole;
        }

        envelope = Wrap(source, eventId, item);
        return read;
    }

    private EventEnvelope Wrap(FreshpaintEvent source, string eventId, ReadOnlyMemory<byte> raw)
    {
        Lane lane = LaneOf(source);
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

    private Lane LaneOf(FreshpaintEvent source)
    {
        bool import = request.Lane == Lane.Import
            || source.Head.Context["backfill"u8].Kind == JsonKind.True
            || (settings.Ingest.ImportOlderThan is { } age
                && EventTime.TryRead(source.Head.Time, out long milliseconds)
                && milliseconds < now.ToUnixTimeMilliseconds() - age.TotalMilliseconds);
        return import ? Lane.Import : Lane.Live;
    }
}
