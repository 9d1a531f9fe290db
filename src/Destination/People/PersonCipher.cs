using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.People;

/// <summary>
/// Turns identifiers into keyed hashes, and the identifier of a claim into something only this deployment can read. Everything is derived from one secret:
/// with another one nothing that is remembered can be found or read any more.
/// </summary>
internal sealed class PersonCipher
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int StackBytes = 512;

    private readonly byte[] _hashing;
    private readonly byte[] _encrypting;
    private readonly byte[] _numbering;

    /// <param name="secret">The secret.</param>
    public PersonCipher(ReadOnlySpan<byte> secret)
    {
        byte[] given = secret.ToArray();
        _hashing = Derive(given, "keys of people");
        _encrypting = Derive(given, "claimed identifiers");
        _numbering = Derive(given, "nonces of claimed identifiers");
        Fingerprint = Derive(given, "fingerprint").AsMemory(0, 8);
    }

    /// <summary>By what a changed secret is noticed. Tells nothing of the secret.</summary>
    public ReadOnlyMemory<byte> Fingerprint { get; }

    /// <summary>The key of a user id. One that looks like an e-mail is one, and is compared as one.</summary>
    public PersonKey OfId(Utf8Text id) => EmailShape.Matches(id.Span) ? OfEmail(id) : Hash((byte)'i', id.Span);

    /// <summary>The key of an e-mail address, compared as Customer.io does: without case.</summary>
    public PersonKey OfEmail(Utf8Text email) => Hash((byte)'e', EmailText.OrderKey(email));

    /// <summary>The key of a device id.</summary>
    public PersonKey OfDevice(Utf8Text device) => Hash((byte)'d', device.Span);

    /// <summary>Encrypts the identifier a device is claimed for. What it was encrypted for is sealed with it, so that no claim can be put in place of another.</summary>
    public byte[] Encrypt(PersonKey device, ReadOnlySpan<byte> identifier)
    {
        // Of what is encrypted and for what: the same pair has the same nonce, and no other pair has it.
        Span<byte> number = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_numbering, (byte[])[.. device.ToBytes(), .. identifier], number);
        byte[] sealedBytes = new byte[NonceBytes + TagBytes + identifier.Length];
        number[..NonceBytes].CopyTo(sealedBytes);
        using AesGcm aes = new(_encrypting, TagBytes);
        aes.Encrypt(
            sealedBytes.AsSpan(0, NonceBytes), identifier, sealedBytes.AsSpan(NonceBytes + TagBytes), sealedBytes.AsSpan(NonceBytes, TagBytes), device.ToBytes());
        return sealedBytes;
    }

    /// <summary>Reads what <see cref="Encrypt"/> wrote; null when it was not written so.</summary>
    public byte[]? Decrypt(PersonKey device, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        byte[] identifier = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using AesGcm aes = new(_encrypting, TagBytes);
        try
        {
            aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes[(NonceBytes + TagBytes)..], sealedBytes.Slice(NonceBytes, TagBytes), identifier, device.ToBytes());
            return identifier;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private PersonKey Hash(byte kind, ReadOnlySpan<byte> identifier)
    {
        int length = identifier.Length + 1;
        Span<byte> source = length <= StackBytes ? stackalloc byte[length] : new byte[length];
        source[0] = kind;
        identifier.CopyTo(source[1..]);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_hashing, source, hash);
        return PersonKey.Read(hash);
    }

    private static byte[] Derive(byte[] secret, string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret, 32, info: Encoding.UTF8.GetBytes("freshpaint-destination: " + purpose));
}

/// <summary>
/// The secret that all keys of people are derived from: the one of the settings or, where they name none, one that is made once and kept in the store.
/// Thread-safe.
/// </summary>
internal sealed partial class PersonSecret(IPersonStore store, DestinationSettings settings, SteadyClock clock, ILogger<PersonMemory> logger) : IDisposable
{
    private static readonly PersonRow NoSecret = new(PersonKey.Nobody, PersonRowKind.Secret, default, DateTimeOffset.MaxValue);

    private readonly SemaphoreSlim _opening = new(1);
    private volatile PersonCipher? _cipher;

    /// <summary>What turns identifiers into keys. At first it finds out whether the secret is the one that was used before; if not, everything that was remembered is gone.</summary>
    /// <exception cref="UnavailableException">The store does not answer.</exception>
    public ValueTask<PersonCipher> OpenAsync(CancellationToken cancellationToken) => _cipher is { } open ? new(open) : new(OpenOnceAsync(cancellationToken));

    /// <inheritdoc/>
    public void Dispose() => _opening.Dispose();

    private async Task<PersonCipher> OpenOnceAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            return _cipher ??= await ReadSecretAsync(cancellationToken);
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<PersonCipher> ReadSecretAsync(CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> secret = settings.Privacy.Secret is { } given ? Encoding.UTF8.GetBytes(given.Reveal()) : await MadeSecretAsync(cancellationToken);
        PersonCipher cipher = new(secret.Span);
        PersonRow fingerprint = new(PersonKey.Nobody, PersonRowKind.Fingerprint, cipher.Fingerprint, DateTimeOffset.MaxValue);
        if (await store.AddAsync(fingerprint, cancellationToken) is { } before && !before.Value.Span.SequenceEqual(cipher.Fingerprint.Span))
        {
            int gone = await store.PurgeAsync(
                clock.Read().CountedFrom, [PersonRowKind.Forgotten, PersonRowKind.Claim, PersonRowKind.Person, PersonRowKind.Device], cancellationToken);
            await store.PutAsync([fingerprint], cancellationToken);
            Log.SecretChanged(logger, gone);
        }

        return cipher;
    }

    private async Task<ReadOnlyMemory<byte>> MadeSecretAsync(CancellationToken cancellationToken)
    {
        PersonRow made = NoSecret with { Value = RandomNumberGenerator.GetBytes(PrivacySettings.MinimumSecretLength) };
        return (await store.AddAsync(made, cancellationToken) ?? made).Value;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning,
            "Privacy__Secret is another one than before: all windows of people who were forgotten have ended, and what was remembered of people is gone ({Count} rows). Forget them again where it is to hold on.")]
        public static partial void SecretChanged(ILogger logger, int count);
    }
}
