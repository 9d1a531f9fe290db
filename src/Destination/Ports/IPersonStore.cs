using System.Buffers.Binary;
using System.Globalization;

namespace CustomerIoDestination.Ports;

/// <summary>
/// What is remembered of people beside the queue, for a bounded time and without an identifier: whose events are not sent any more, whose a device is, and
/// who has an e-mail. Every process that delivers from one queue works on one store. Where the storage does not answer, every member throws a
/// <see cref="UnavailableException"/>.
/// </summary>
public interface IPersonStore
{
    /// <summary>Whether nothing is remembered of anybody. Costs next to nothing, so that whoever forgets nobody pays nothing.</summary>
    ValueTask<bool> IsEmptyAsync(CancellationToken cancellationToken);

    /// <summary>What is remembered under these keys, but for the devices of people.</summary>
    Task<IReadOnlyList<PersonRow>> ReadAsync(IReadOnlyCollection<PersonKey> keys, CancellationToken cancellationToken);

    /// <summary>The devices that are claimed for a person.</summary>
    Task<IReadOnlyList<PersonRow>> ReadDevicesAsync(PersonKey person, CancellationToken cancellationToken);

    /// <summary>Remembers something unless there is something in its place.</summary>
    /// <returns>What is in its place; null when nothing was, so that the new row was added.</returns>
    Task<PersonRow?> AddAsync(PersonRow row, CancellationToken cancellationToken);

    /// <summary>Remembers these, each instead of what is in its place. When the task ends they are durable, and every process sees them.</summary>
    Task PutAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken);

    /// <summary>The same for somebody who is told that it lasts: where what is written now would not, nothing is, and it throws.</summary>
    Task PromiseAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken) => PutAsync(rows, cancellationToken);

    /// <summary>Forgets these. One that is not there is no failure.</summary>
    Task RemoveAsync(IReadOnlyCollection<PersonRow> rows, CancellationToken cancellationToken);

    /// <summary>Forgets what was kept long enough, and everything of the kinds that are not kept any more.</summary>
    /// <param name="now">The time.</param>
    /// <param name="unwanted">Kinds of which nothing is kept.</param>
    /// <param name="cancellationToken">Stops it; the next call goes on.</param>
    /// <returns>How many were forgotten.</returns>
    Task<int> PurgeAsync(DateTimeOffset now, IReadOnlyCollection<PersonRowKind> unwanted, CancellationToken cancellationToken);
}

/// <summary>The keyed hash of an identifier, 128 bits long: whoever does not hold the key can't tell whose it is.</summary>
public readonly record struct PersonKey(UInt128 Value)
{
    /// <summary>How many bytes it has.</summary>
    public const int Size = 16;

    /// <summary>The key under which stands what belongs to nobody.</summary>
    public static PersonKey Nobody => default;

    /// <summary>The key in bytes.</summary>
    public static PersonKey Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Reads what <see cref="ToString"/> wrote; null for anything else.</summary>
    public static PersonKey? Parse(string text) =>
        text.Length == 2 * Size && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value) ? new PersonKey(value) : null;

    /// <summary>Its bytes.</summary>
    public byte[] ToBytes()
    {
        byte[] bytes = new byte[Size];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Value);
        return bytes;
    }

    /// <summary>32 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}

/// <summary>What a row remembers. The numbers lie in storage and stay what they are.</summary>
public enum PersonRowKind
{
    /// <summary>Until when a person's events are not sent.</summary>
    Forgotten = 0,

    /// <summary>Whose a device is.</summary>
    Claim = 1,

    /// <summary>Whether a person has an e-mail.</summary>
    Person = 2,

    /// <summary>That a device is claimed for a person; <see cref="PersonRow.Other"/> is the device.</summary>
    Device = 3,

    /// <summary>The secret that was made because no setting gives one.</summary>
    Secret = 4,

    /// <summary>By what a changed secret is noticed.</summary>
    Fingerprint = 5,
}

/// <summary>Something that is remembered. Its place is the key, the kind and the other key.</summary>
/// <param name="Key">Of whom.</param>
/// <param name="Kind">What.</param>
/// <param name="Value">What it says; the kind tells how.</param>
/// <param name="KeptUntil">When it may be forgotten.</param>
public sealed record PersonRow(PersonKey Key, PersonRowKind Kind, ReadOnlyMemory<byte> Value, DateTimeOffset KeptUntil)
{
    /// <summary>The device, in a row that tells of one; else nobody.</summary>
    public PersonKey Other { get; init; }

    /// <summary>Whether it tells something of somebody, and is not one of the store's own.</summary>
    public bool IsOfSomebody => Kind is not (PersonRowKind.Secret or PersonRowKind.Fingerprint);
}
