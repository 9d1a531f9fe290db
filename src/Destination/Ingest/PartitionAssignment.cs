using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Ingest;

/// <summary>
/// Which partition keeps an event's order: by the device id, else the user id, else the e-mail (without regard to case, as Customer.io compares them), else the event id. Device first, because
/// Customer.io merges anonymous events only if they reach it before, or at most five minutes after, the identify with the same device.
/// </summary>
internal static class PartitionAssignment
{
    /// <summary>The partition of an event.</summary>
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
