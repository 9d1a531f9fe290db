using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Authentication;

/// <summary>
/// The keys that open something. Compared by their SHA-256 in constant time, every key each time: neither how long a key is, nor how much of it was
/// guessed, nor which one fits can be told from how long the answer takes.
/// </summary>
internal sealed class KeyRing
{
    private const int MaxKeyBytes = 1024;

    private readonly byte[][] _hashes;

    public KeyRing(IEnumerable<Secret> keys)
    {
        _hashes = [.. keys.Select(key => SHA256.HashData(Encoding.UTF8.GetBytes(key.Reveal())))];
    }

    /// <summary>Whether no key is configured.</summary>
    public bool IsEmpty => _hashes.Length == 0;

    /// <summary>Whether the text is one of the keys.</summary>
    public bool Opens(string candidate)
    {
        Span<byte> text = stackalloc byte[MaxKeyBytes];
        if (!Encoding.UTF8.TryGetBytes(candidate, text, out int length))
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        bool opens = false;
        foreach (byte[] known in _hashes)
        {
            opens |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return opens;
    }
}

/// <summary>
/// What an <c>X-Signature: t=&lt;unix seconds&gt;,v1=&lt;hex&gt;</c> header claims: that its sender knows the secret and signed this body at this time.
/// The claim is checked by <see cref="Covers"/> when the body is there.
/// </summary>
internal sealed class BodySignature
{
    /// <summary>How far the signature's time may be from ours, either way.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    // Unix seconds have ten digits until the year 2286; twelve can be more than a DateTimeOffset holds.
    private const int MaxTimeDigits = 11;

    // Has the form of neither field.
    private const string Twice = "twice";

    private readonly byte[] _secret;
    private readonly string _time;
    private readonly byte[] _mac;

    private BodySignature(byte[] secret, string time, byte[] mac)
    {
        _secret = secret;
        _time = time;
        _mac = mac;
    }

    /// <summary>The time the sender signed at.</summary>
    public DateTimeOffset SignedAt => DateTimeOffset.FromUnixTimeSeconds(long.Parse(_time, CultureInfo.InvariantCulture));

    /// <summary>Reads the header; null when it has not the form, or says one of its fields twice. Fields other than <c>t</c> and <c>v1</c> are left alone.</summary>
    public static BodySignature? Read(string header, byte[] secret)
    {
        string? time = null;
        string? mac = null;
        foreach (string field in header.Split(',', 8, StringSplitOptions.TrimEntries))
        {
            if (field.StartsWith("t=", StringComparison.Ordinal))
            {
                time = time is null ? field[2..] : Twice;
            }
            else if (field.StartsWith("v1=", StringComparison.Ordinal))
            {
                mac = mac is null ? field[3..] : Twice;
            }
        }

        bool hasForm = time is { Length: > 0 and <= MaxTimeDigits } && time.All(char.IsAsciiDigit)
            && mac is { Length: HMACSHA256.HashSizeInBytes * 2 } && mac.All(char.IsAsciiHexDigit);
        return hasForm ? new BodySignature(secret, time!, Convert.FromHexString(mac!)) : null;
    }

    /// <summary>Whether it was signed within <see cref="Window"/> of now.</summary>
    public bool IsTimely(DateTimeOffset now) => (now - SignedAt).Duration() <= Window;

    /// <summary>Whether the signature is over these bytes: the body as received, before gunzip. In constant time.</summary>
    public bool Covers(ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(_time + "."));
        hmac.AppendData(body);
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        hmac.GetHashAndReset(expected);
        return CryptographicOperations.FixedTimeEquals(expected, _mac);
    }
}
