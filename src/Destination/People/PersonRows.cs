using System.Buffers.Binary;
using CustomerIoDestination.Events;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.People;

/// <summary>How rows that tell something of people are written and read. A row that can't be read says nothing.</summary>
internal static class PersonRows
{
    private const byte Version = 1;

    /// <summary>That events of a person received up to a time are not sent.</summary>
    public static PersonRow Forgotten(PersonKey key, DateTimeOffset until, DateTimeOffset keptUntil)
    {
        byte[] value = new byte[9];
        value[0] = Version;
        BinaryPrimitives.WriteInt64BigEndian(value.AsSpan(1), until.ToUnixTimeMilliseconds());
        return new PersonRow(key, PersonRowKind.Forgotten, value, keptUntil);
    }

    /// <summary>Until when events are not sent; null when the row says nothing of it.</summary>
    public static DateTimeOffset? ForgottenUntil(PersonRow row) =>
        row is { Kind: PersonRowKind.Forgotten, Value.Span: [Version, ..] and { Length: 9 } value }
            ? DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(value[1..]))
            : null;

    /// <summary>Whether a person was seen with an e-mail.</summary>
    public static PersonRow Person(PersonKey key, bool hasEmail, DateTimeOffset keptUntil) =>
        new(key, PersonRowKind.Person, new byte[] { Version, hasEmail ? (byte)1 : (byte)0 }, keptUntil);

    /// <summary>Whether the person was seen with an e-mail; null when the row says nothing of it.</summary>
    public static bool? HasEmail(PersonRow row) => row is { Kind: PersonRowKind.Person, Value.Span: [Version, var flag] } ? flag == 1 : null;
}

/// <summary>
/// Whose a device is: the person whose identify was the first that was delivered with it. Never another's; a device that was seen with two people is
/// nobody's from then on.
/// </summary>
/// <param name="IsContested">Whether it was seen with two people.</param>
/// <param name="DeliveredAt">When the first identify was delivered.</param>
/// <param name="EventSeconds">That identify's own time, Unix seconds.</param>
/// <param name="Id">The key of the person's user id; nobody when there was none.</param>
/// <param name="Email">The key of the person's e-mail; nobody when there was none.</param>
/// <param name="Identifier">What addresses the person; encrypted in the row.</param>
internal sealed record DeviceClaim(bool IsContested, DateTimeOffset DeliveredAt, long EventSeconds, PersonKey Id, PersonKey Email, ReadOnlyMemory<byte> Identifier)
{
    private const byte Version = 1;
    private const int HeadBytes = 2 + 8 + 8 + PersonKey.Size + PersonKey.Size;

    /// <summary>A device that two people used.</summary>
    public static DeviceClaim OfTwo { get; } = new(true, default, 0, PersonKey.Nobody, PersonKey.Nobody, default);

    /// <summary>The person; null when it is nobody's.</summary>
    public PersonIdentifier? Person => IsContested || Identifier.IsEmpty ? null : PersonIdentifier.ByShape(new Utf8Text(Identifier));

    /// <summary>Reads a row.</summary>
    public static DeviceClaim? Read(PersonRow row, PersonCipher cipher)
    {
        if (row is not { Kind: PersonRowKind.Claim, Value.Span: [Version, var contested, ..] and { Length: >= HeadBytes } value })
        {
            return null;
        }

        return contested == 1 ? OfTwo : new DeviceClaim(
            false,
            DateTimeOffset.FromUnixTimeMilliseconds(BinaryPrimitives.ReadInt64BigEndian(value[2..])),
            BinaryPrimitives.ReadInt64BigEndian(value[10..]),
            PersonKey.Read(value[18..]),
            PersonKey.Read(value[(18 + PersonKey.Size)..]),
            cipher.Decrypt(row.Key, value[HeadBytes..]));
    }

    public PersonRow ToRow(PersonKey device, PersonCipher cipher, DateTimeOffset keptUntil)
    {
        byte[] head = new byte[HeadBytes];
        head[0] = Version;
        head[1] = IsContested ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(2), IsContested ? 0 : DeliveredAt.ToUnixTimeMilliseconds());
        BinaryPrimitives.WriteInt64BigEndian(head.AsSpan(10), EventSeconds);
        Id.ToBytes().CopyTo(head, 18);
        Email.ToBytes().CopyTo(head, 18 + PersonKey.Size);
        byte[] value = IsContested ? head : [.. head, .. cipher.Encrypt(device, Identifier.Span)];
        return new PersonRow(device, PersonRowKind.Claim, value, keptUntil);
    }

    /// <summary>Whether an event's person is surely this one: by the user id where both have one, else by the e-mail.</summary>
    public bool IsOf(PersonKey? id, IReadOnlyList<PersonKey> emails) => !IsContested
        && (id is { } given && Id != PersonKey.Nobody ? given == Id : Email != PersonKey.Nobody && emails.Contains(Email));
}
