using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>
/// The event id: a ULID (https://github.com/ulid/spec), the only form Customer.io de-duplicates by. Made from the event alone, so that the
/// same event gets the same id however often and whenever it comes (mapping.md 2, "Event id").
/// </summary>
public static class EventUlid
{
    /// <summary>Characters of a ULID.</summary>
    public const int Length = 26;

    /// <summary>Bytes that those characters hold.</summary>
    public const int Bytes = 16;

    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const long MaxTime = (1L << 48) - 1;
    private const int HashBytes = 10;
    private const int MostOnStack = 512;
    private const byte Separator = 0x1F;

    /// <summary>Whether the text is a ULID: 26 characters of Crockford's base 32 in either case, the first at most 7.</summary>
    public static bool IsValid(ReadOnlySpan<byte> text)
    {
        if (text.Length != Length || text[0] is < (byte)'0' or > (byte)'7')
        {
            return false;
        }

        foreach (byte b in text)
        {
            if (ValueOf(b) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The time an event id carries; null when it carries none (zero) or is no ULID.</summary>
    public static DateTimeOffset? TimeOf(string eventId)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        long milliseconds = TryDecode(eventId, bytes) ? BinaryPrimitives.ReadInt64BigEndian(bytes) >>> 16 : 0;

        // 48 bits reach beyond the year 9999.
        return milliseconds > 0 && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds() ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null;
    }

    /// <summary>The bytes of an event id: 26 digits of 5 bits, of which the first holds 3, in capitals, as every id is made.</summary>
    /// <param name="eventId">The id.</param>
    /// <param name="destination">At least <see cref="Bytes"/>.</param>
    /// <returns>Whether it is a ULID; else nothing is written.</returns>
    public static bool TryDecode(string eventId, Span<byte> destination)
    {
        if (eventId.Length != Length || eventId[0] > '7')
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

        BinaryPrimitives.WriteUInt128BigEndian(destination, value);
        return true;
    }

    /// <summary>The id of an event.</summary>
    /// <param name="source">The event.</param>
    /// <param name="item">The item it was read from.</param>
    /// <param name="preferredProperty">A property whose ULID wins; null for none.</param>
    /// <param name="random">Chance for events that have neither id nor time.</param>
    internal static string Of(FreshpaintEvent source, JsonValue item, string? preferredProperty, Random random)
    {
        if (preferredProperty is not null
            && source.Head.RawProperties[Utf8Text.Of(preferredProperty).Span].TryGetText(out Utf8Text preferred)
            && IsValid(preferred.Span))
        {
            return Canonical(preferred);
        }

        Identifier given = source.Head.GivenId;
        if (given.IsPresent && IsValid(given.Text.Span))
        {
            return Canonical(given.Text);
        }

        bool hasTime = EventTime.TryRead(source.Head.Time, out long time);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (given.IsPresent)
        {
            HashGiven(source, given.Text, hash);
        }
        else if (source.Head.Time.Kind is not (JsonKind.Missing or JsonKind.Null))
        {
            using var canonical = new ScratchBuffer();
            CanonicalJson.Write(canonical, item);
            SHA256.HashData(canonical.Written, hash);
        }
        else
        {
            random.NextBytes(hash);
        }

        return Encode(hasTime && time is >= 0 and <= MaxTime ? time : 0, hash[..HashBytes]);
    }

    // With the kind and the name, because some libraries give one id to everything that happens at once.
    private static void HashGiven(FreshpaintEvent source, Utf8Text id, Span<byte> hash)
    {
        ReadOnlySpan<byte> name = source.Head.GivenName.TryGetText(out Utf8Text given) ? given.Span : default;
        string kind = source.Kind.ToCode();
        int length = kind.Length + name.Length + id.Length + 2;
        byte[]? rented = length > MostOnStack ? new byte[length] : null;
        Span<byte> text = rented ?? stackalloc byte[length];
        int end = System.Text.Encoding.ASCII.GetBytes(kind, text);
        text[end++] = Separator;
        name.CopyTo(text[end..]);
        end += name.Length;
        text[end++] = Separator;
        id.Span.CopyTo(text[end..]);
        SHA256.HashData(text, hash);
    }

    /// <summary>Writes 48 bits of time and 80 bits as 26 characters.</summary>
    internal static string Encode(long time, ReadOnlySpan<byte> tail)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time << 16);
        tail.CopyTo(bytes[6..]);
        UInt128 number = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        Span<char> text = stackalloc char[Length];
        for (int i = Length - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(number & 31)];
            number >>= 5;
        }

        return new string(text);
    }

    private static string Canonical(Utf8Text ulid) => ulid.ToString().ToUpperInvariant();

    private static int ValueOf(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'a' and <= (byte)'z' => Alphabet.IndexOf((char)(b - 32), StringComparison.Ordinal),
        _ => Alphabet.IndexOf((char)b, StringComparison.Ordinal),
    };
}

/// <summary>
/// One form for all spellings of the same JSON: members sorted by name (repeated names all, in their order), numbers as written, strings
/// unescaped, no white space. The same event has the same one however its sender's serialiser arranged it.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Writes the canonical form of a value.</summary>
    public static void Write(ScratchBuffer output, JsonValue value)
    {
        switch (value.Kind)
        {
            case JsonKind.Object:
                WriteObject(output, value);
                break;
            case JsonKind.Array:
                WriteArray(output, value);
                break;
            default:
                output.WriteValue(value);
                break;
        }
    }

    private static void WriteObject(ScratchBuffer output, JsonValue value)
    {
        var members = new List<JsonMember>();
        foreach (JsonMember member in value.AllMembers)
        {
            members.Add(member);
        }

        bool first = true;
        output.WriteByte((byte)'{');

        // OrderBy is stable: repeated names stay in their order.
        foreach (JsonMember member in members.OrderBy(member => member.Name, ByBytes.Instance))
        {
            output.WriteName(member.Name.Span, ref first);
            Write(output, member.Value);
        }

        output.WriteByte((byte)'}');
    }

    private static void WriteArray(ScratchBuffer output, JsonValue value)
    {
        bool first = true;
        output.WriteByte((byte)'[');
        foreach (JsonValue element in value.Elements)
        {
            if (!first)
            {
                output.WriteByte((byte)',');
            }

            first = false;
            Write(output, element);
        }

        output.WriteByte((byte)']');
    }

    private sealed class ByBytes : IComparer<Utf8Text>
    {
        public static ByBytes Instance { get; } = new();

        public int Compare(Utf8Text x, Utf8Text y) => x.Span.SequenceCompareTo(y.Span);
    }
}

/// <summary>
/// Times as senders write them: numbers and number text by magnitude (<see cref="UnixTime"/>), a day of eight digits, the texts of <see cref="TimeText"/>, and
/// the two objects of document databases. Never through the host's zone.
/// </summary>
internal static class EventTime
{
    private const long Year1900 = -2_208_988_800_000;
    private const long Year2101 = 4_133_980_800_000;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789.-"u8);

    /// <summary>Reads a time as Unix milliseconds, fractions cut downwards.</summary>
    public static bool TryRead(JsonValue value, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        return value.Kind switch
        {
            JsonKind.Number => UnixTime.TryReadNumber(value.Bytes, out unixMilliseconds),
            JsonKind.String => value.TryGetText(out Utf8Text text) && TryReadText(text, out unixMilliseconds),
            JsonKind.Object => UnixTime.TryReadObject(value, out unixMilliseconds),
            _ => false,
        };
    }

    /// <summary>Unix seconds of Unix milliseconds, cut downwards, before 1970 too.</summary>
    public static long ToSeconds(long unixMilliseconds) => UnixTime.Floor(unixMilliseconds, 1000);

    private static bool TryReadText(Utf8Text text, out long unixMilliseconds)
    {
        if (TimeText.TryParse(text, out unixMilliseconds))
        {
            return true;
        }

        ReadOnlySpan<byte> digits = Utf8Scan.Trim(text).Span;
        if (IsoTime.TryParseDay(digits, out unixMilliseconds) && unixMilliseconds is >= Year1900 and < Year2101)
        {
            return true;
        }

        return !digits.IsEmpty && !digits.ContainsAnyExcept(NumberBytes) && UnixTime.TryReadNumber(digits, out unixMilliseconds);
    }
}
