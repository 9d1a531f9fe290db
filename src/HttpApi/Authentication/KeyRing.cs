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
