using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;
using CustomerIoDestination.Time;

namespace CustomerIoDestination.Ingest;

/// <summary>Reads the items of a request and wraps the events among them for the queue: one instance a request.</summary>
/// <param name="request">What the headers said.</param>
/// <param name="clock">When it came. What an event's own time is judged by must not be behind; when it was queued is the wall clock's.</param>
/// <param name="settings">How events are read.</param>
/// <param name="random">Chance for the ids of events that have neither id nor time.</param>
internal sealed class EnvelopeFactory(IngestRequest request, ClockReading clock, DestinationSettings settings, Random random)
{
    /// <summary>Reads an item.</summary>
    /// <param name="item">The item as it was sent.</param>
    /// <param name="wrapper">What the object around the batch says; null for nothing.</param>
    /// <param name="table">Where it is read; the event lives as long.</param>
    /// <param name="envelope">The event's envelope; null when the item is none.</param>
    public EventItem Read(ReadOnlyMemory<byte> item, BatchWrapper? wrapper, JsonTable table, out EventEnvelope? envelope)
    {
        envelope = null;
        EventItem read = Read(item, table);
        if (read is not EventItem.Readable { Event: var source })
        {
            return read;
        }

        // Of the item as given: the same event has the same id whatever it is wrapped in.
        string eventId = EventUlid.Of(source, table.Root, settings.Mapping.EventIdProperty, random);
        if (wrapper?.Merge(item, table.Root, source.Head.Shape) is { } merged)
        {
            item = merged;
            read = Read(merged, table);
            if (read is not EventItem.Readable { Event: var whole })
            {
                return read;
            }

            source = whole;
        }

        if (request.FromBrowser && WhyNotFromBrowsers(source) is { } refusal)
        {
            return new EventItem.Bad("not_from_browsers", refusal);
        }

        envelope = Wrap(source, eventId, item);
        return read;
    }

    private EventItem Read(ReadOnlyMemory<byte> item, JsonTable table) =>
        EventItem.Read(item, table, settings.Mapping.PlaceholderIdentifiers, request.FromBrowser);

    private string? WhyNotFromBrowsers(FreshpaintEvent source)
    {
        if (source.Kind is EventKind.Alias or EventKind.Unsupported)
        {
            return $"an event of kind {source.Kind.ToCode()} is not taken with a write key; track, page, screen, identify and group are";
        }

        // Customer.io reads these as its own ids, which name people that the sender need not know otherwise.
        bool isCustomerIoId = (source.Head.UserId.IsPresent && IsCustomerIoId(source.Head.UserId.Text))
            || (Identity.EmailOf(source, settings.Mapping) is { } email && IsCustomerIoId(email));
        return isCustomerIoId ? "the event names its person by an id that begins with cio_, which is not taken with a write key" : null;
    }

    // White space in front is passed over here: whether Customer.io does so too is not documented.
    private static bool IsCustomerIoId(Utf8Text identifier)
    {
        ReadOnlySpan<byte> text = identifier.Span;
        int start = text.IndexOfAnyExceptInRange((byte)0, (byte)' ');
        return start >= 0 && text.Length - start >= 4 && Ascii.EqualsIgnoreCase(text.Slice(start, 4), "cio_"u8);
    }

    private EventEnvelope Wrap(FreshpaintEvent source, string eventId, ReadOnlyMemory<byte> raw)
    {
        Lane lane = LaneOf(source);
        return new EventEnvelope
        {
            EventId = eventId,
            Kind = source.Kind,
            QueuedAt = clock.Wall,
            ReceivedAt = clock.CountedFrom,
            Partition = PartitionAssignment.Assign(source, eventId, lane, settings),
            LifecycleAllowed = request.LifecycleAllowed && !request.FromBrowser,
            AsOfNow = request.AsOfNow && !request.FromBrowser,
            FromBrowser = request.FromBrowser,
            TraceParent = request.TraceParent,
            Body = raw,
        };
    }

    private Lane LaneOf(FreshpaintEvent source)
    {
        if (request.FromBrowser)
        {
            return Lane.Live;
        }

        bool import = request.Lane == Lane.Import
            || source.Head.Context["backfill"u8].Kind == JsonKind.True
            || (settings.Ingest.ImportOlderThan is { } age
                && EventTime.TryRead(source.Head.Time, out long milliseconds)
                && milliseconds < clock.CountedFrom.ToUnixTimeMilliseconds() - age.TotalMilliseconds);
        return import ? Lane.Import : Lane.Live;
    }
}

/// <summary>
/// Which partition keeps an event's order: by the device id, else the user id, else the e-mail (without regard to case, as Customer.io compares them), else the event id. Device first, because
/// Customer.io merges anonymous events only if they reach it before, or at most five minutes after, the identify with the same device.
/// </summary>
internal static class PartitionAssignment
{
    public static Partition Assign(FreshpaintEvent source, string eventId, Lane lane, DestinationSettings settings)
    {
        int count = lane == Lane.Live ? settings.Delivery.LivePartitions : settings.Delivery.ImportPartitions;
        EventHead head = source.Head;
        if (head.DeviceId.IsPresent)
        {
            return new Partition(lane, NumberOf(head.DeviceId.Text.Span, count));
        }

        // The user id first, and by the key of an e-mail when it looks like one: the same person may be named by either.
        Utf8Text? named = head.UserId.IsPresent ? head.UserId.Text : Identity.EmailOf(source, settings.Mapping);
        ReadOnlySpan<byte> key = named is not { } name ? Encoding.ASCII.GetBytes(eventId)
            : EmailShape.Matches(name.Span) ? EmailText.OrderKey(name)
            : name.Span;
        return new Partition(lane, NumberOf(key, count));
    }

    /// <summary>The first eight bytes (big-endian) of the key's SHA-256, modulo the count.</summary>
    internal static int NumberOf(ReadOnlySpan<byte> key, int count)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)count);
    }
}
