using System.Security.Cryptography;
using System.Text;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// A hash in lower-case hexadecimal: HMAC-SHA-256 with a secret, so that nobody can try likely values out, or plain SHA-256, which other systems expect
/// of e-mails. Text is hashed by its UTF-8 bytes as it is, anything else by its JSON; null stays.
/// </summary>
/// <param name="secret">The secret; null for plain SHA-256.</param>
internal sealed class Hash(Secret? secret) : IValueEdit
{
    private readonly byte[]? _key = secret is null ? null : Encoding.UTF8.GetBytes(secret.Reveal());

    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        if (value.Kind is JsonKind.Missing or JsonKind.Null)
        {
            edited = default;
            return false;
        }

        ReadOnlySpan<byte> bytes = value.TryGetText(out Utf8Text text) ? text.Span : value.ToJson();
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        if (_key is null)
        {
            SHA256.HashData(bytes, hash);
        }
        else
        {
            HMACSHA256.HashData(_key, bytes, hash);
        }

        edited = EditableValue.Text(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash)));
        return true;
    }
}
