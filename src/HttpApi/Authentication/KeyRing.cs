using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

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

/// <summary>The headers of this API.</summary>
internal static class RequestHeaders
{
    /// <summary>One of <c>Ingest__Keys</c>.</summary>
    public const string IngestKey = "X-Ingest-Key";

    /// <summary>One of <c>Ingest__WriteKeys</c>; a beacon, which sets no header, has it as the query's <c>writeKey</c>.</summary>
    public const string WriteKey = "X-Write-Key";

    /// <summary>The signature over the body as received.</summary>
    public const string Signature = "X-Signature";

    /// <summary><c>Ingest__LifecycleKey</c>: with it, delete and suppress events of the request count.</summary>
    public const string LifecycleKey = "X-Lifecycle-Key";

    /// <summary>One of <c>Admin__Keys</c>.</summary>
    public const string AdminKey = "X-Admin-Key";

    /// <summary><see cref="RequestedWithValue"/> on every request that changes something.</summary>
    public const string RequestedWith = "X-Requested-With";

    /// <summary>The only value of <see cref="RequestedWith"/> that counts.</summary>
    public const string RequestedWithValue = "destination";

    /// <summary>The lane events are meant for.</summary>
    public const string Lane = "X-Lane";

    /// <summary><c>true</c>: the identifies of the request count as of now, whatever their own time.</summary>
    public const string AsOfNow = "X-As-Of-Now";

    /// <summary>The header's value; null when it is absent or empty. A repeated header is one that fits nothing.</summary>
    public static string? Read(HttpRequest request, string name)
    {
        return Single(request.Headers[name]);
    }

    /// <summary>The one value; null when there is none or it is empty.</summary>
    public static string? Single(StringValues values)
    {
        return values.Count switch
        {
            0 => null,
            1 => string.IsNullOrEmpty(values[0]) ? null : values[0],
            // Empty ones too: joined as they are, they are no value anybody was given.
            _ => string.Join(',', values.ToArray()),
        };
    }
}
