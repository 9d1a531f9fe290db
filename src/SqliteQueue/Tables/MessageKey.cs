using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.SqliteQueue.Tables;

/// <summary>
/// The message id (<see cref="EventEnvelope.MessageId"/>) as a key of half its size: the ULID's 16 bytes, then kind, replay count and whether it is a merge's repeat.
/// Seven days of events lie in that table.
/// </summary>
internal static class MessageKey
{
    public const int EventIdBytes = 16;
    private const int ReplayCountBytes = 4;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int UlidLength = 26;
    private const int TimeBytes = 6;

    private const byte Again = (byte)'+';

    public static byte[] Of(EventEnvelope envelope) => Of(envelope.EventId, envelope.Kind, envelope.ReplayCount, envelope.IsRepeat);

    public static byte[] Of(string eventId, EventKind kind, int replayCount, bool isRepeat = false)
    {
        string code = kind.ToCode();
        byte[] key = new byte[EventIdBytes + code.Length + (replayCount == 0 ? 0 : ReplayCountBytes) + (isRepeat ? 1 : 0)];
        WriteEventId(eventId, key);
        Encoding.ASCII.GetBytes(code, key.AsSpan(EventIdBytes));
        if (replayCount != 0)
        {
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(EventIdBytes + code.Length), replayCount);
        }

        if (isRepeat)
        {
            key[^1] = Again;
        }

        return key;
    }

    /// <summary>The bytes every key of the event begins with.</summary>
    public static byte[] PrefixOf(string eventId)
    {
        byte[] prefix = new byte[EventIdBytes];
        WriteEventId(eventId, prefix);
        return prefix;
    }

    /// <summary>The sender's time in the ULID; null when it gave none (zero) or it is no ULID.</summary>
    public static DateTimeOffset? TimeOf(string eventId)
    {
        Span<byte> ulid = stackalloc byte[EventIdBytes];
        if (!TryDecode(eventId, ulid))
        {
            return null;
        }

        long milliseconds = 0;
        foreach (byte part in ulid[..TimeBytes])
        {
            milliseconds = (milliseconds << 8) | part;
        }

        // 48 bits reach beyond the year 9999.
        return milliseconds == 0 || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? null
            : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    private static void WriteEventId(string eventId, Span<byte> destination)
    {
        if (!TryDecode(eventId, destination[..EventIdBytes]))
        {
            // Ingest makes every id a ULID; anything else still gets a key of its own.
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(Encoding.UTF8.GetBytes(eventId), hash);
            hash[..EventIdBytes].CopyTo(destination);
        }
    }

    /// <summary>Crockford's Base32: 26 digits of 5 bits, of which the first holds 3.</summary>
    private static bool TryDecode(string eventId, Span<byte> destination)
    {
        if (eventId.Length != UlidLength || eventId[0] > '7')
        {
            return false;
        }

        UInt128 value = 0;
        foreach (char digit in eventId)
        {
            int number = Alphabet.IndexOf(digit, StringComparison.Ordinal);
            if (number < 0)
            {
                return false;
            }

            value = (value << 5) | (uint)number;
        }

        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(destination, value);
        return true;
    }
}

/// <summary>
/// A hash of an event's id, from the beginning of the keys of its messages: SipHash-1-3 with a key that only the file knows, of which 48 bits are kept, since
/// they lie in it once an id.
/// </summary>
internal sealed class EventHash(ulong keyA, ulong keyB)
{
    private const int Bits = 48;

    /// <param name="messageKey">A message's key or what it begins with.</param>
    public long Of(ReadOnlySpan<byte> messageKey)
    {
        (ulong a, ulong b, ulong c, ulong d) = (keyA ^ 0x736f6d6570736575, keyB ^ 0x646f72616e646f6d, keyA ^ 0x6c7967656e657261, keyB ^ 0x7465646279746573);
        Take(ref a, ref b, ref c, ref d, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(messageKey));
        Take(ref a, ref b, ref c, ref d, System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(messageKey[8..]));
        Take(ref a, ref b, ref c, ref d, (ulong)MessageKey.EventIdBytes << 56);
        c ^= 0xff;
        Round(ref a, ref b, ref c, ref d);
        Round(ref a, ref b, ref c, ref d);
        Round(ref a, ref b, ref c, ref d);
        return (long)((a ^ b ^ c ^ d) >> (64 - Bits));
    }

    private static void Take(ref ulong a, ref ulong b, ref ulong c, ref ulong d, ulong word)
    {
        d ^= word;
        Round(ref a, ref b, ref c, ref d);
        a ^= word;
    }

    private static void Round(ref ulong a, ref ulong b, ref ulong c, ref ulong d)
    {
        a += b;
        b = ulong.RotateLeft(b, 13) ^ a;
        a = ulong.RotateLeft(a, 32);
        c += d;
        d = ulong.RotateLeft(d, 16) ^ c;
        a += d;
        d = ulong.RotateLeft(d, 21) ^ a;
        c += b;
        b = ulong.RotateLeft(b, 17) ^ c;
        c = ulong.RotateLeft(c, 32);
    }
}
