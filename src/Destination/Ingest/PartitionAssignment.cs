using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Ingest;

/// <summary>
/// Which partition keeps an event's order: by the device id, else the user id, else the e-mail, else the event id. Device first, because
/// Customer.io merges anonymous events only if they reach it before, or at most five minutes after, the identify with the same device.
/// </summary>
internal static class PartitionAssignment
{
    /// <summary>The partition of an event.</summary>
    public static Partition Assign(FreshpaintEvent source, string eventId, Lane lane, DestinationSettings settings)
    {
        int count = lane == Lane.Live ? settings.Delivery.LivePartitions : settings.Delivery.ImportPartitions;
        EventHead head = source.Head;
        Utf8Text key = head.DeviceId.IsPresent ? head.DeviceId.Text
            : head.UserId.IsPresent ? head.UserId.Text
            : Identity.EmailOf(source, settings.Mapping) is { } email ? email
            : new Utf8Text(Encoding.ASCII.GetBytes(eventId));
        return new Partition(lane, NumberOf(key.Span, count));
    }

    /// <summary>The first eight bytes (big-endian) of the key's SHA-256, modulo the count.</summary>
    internal static int NumberOf(ReadOnlySpan<byte> key, int count)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return (int)(BinaryPrimitives.ReadUInt64BigEndian(hash) % (ulong)count);
    }
}
