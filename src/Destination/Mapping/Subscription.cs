using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// Whether somebody is unsubscribed, as senders write it: true in any case, 1 and "1"; false in any case, 0 and "0". Customer.io takes
/// anything else for "subscribed", "yes" included.
/// </summary>
internal static class Subscription
{
    /// <summary>Reads a flag; false when it is none of these.</summary>
    public static bool TryRead(JsonValue value, out bool flag)
    {
        flag = value.Kind == JsonKind.True;
        if (value.Kind is JsonKind.True or JsonKind.False)
        {
            return true;
        }

        ReadOnlySpan<byte> text = value.TryGetText(out Utf8Text unescaped) ? unescaped.Span
            : value.Kind == JsonKind.Number ? value.Bytes
            : default;
        flag = text.SequenceEqual("1"u8) || Ascii.EqualsIgnoreCase(text, "true"u8);
        return flag || text.SequenceEqual("0"u8) || Ascii.EqualsIgnoreCase(text, "false"u8);
    }
}
