using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace TrackApiSandbox.TrackApi;

/// <summary>
/// The documented limits, in bytes of UTF-8 unless said otherwise (https://docs.customer.io/api/track/, section Limits, and
/// https://docs.customer.io/journeys/invalid-api-requests). How nested values are measured is not documented: here, as the JSON that was sent.
/// </summary>
internal static class TrackApiLimits
{
    /// <summary>Of an id; for an e-mail as identifier none is documented.</summary>
    public const int MaxPersonIdBytes = 150;

    public const int MaxObjectIdBytes = 150;
    public const int MaxAttributeNameBytes = 150;
    public const int MaxAttributeValueBytes = 1_000;

    /// <summary>Attributes in one identify call, or of one object or relationship.</summary>
    public const int MaxAttributes = 300;

    public const int MaxEventNameBytes = 100;

    /// <summary>Characters; above it the API has a second text of its own.</summary>
    public const int MaxEventNameCharacters = 500;

    public const int MaxEventDataBytes = 100_000;

    /// <summary>Documented as "32kb"; the smaller reading is taken, so that what passes here passes there.</summary>
    public const int MaxItemBytes = 32_000;

    /// <summary>Documented as "500kb"; the smaller reading is taken.</summary>
    public const int MaxBatchBytes = 500_000;

    /// <summary>Bound of the sandbox itself, far above any documented limit: more is answered with 413.</summary>
    public const int MaxBodyBytes = 4 * 1024 * 1024;

    public static bool IsLonger(string text, int bytes) => text.Length > bytes || (text.Length * 3 > bytes && Encoding.UTF8.GetByteCount(text) > bytes);

    /// <summary>A text by its own bytes, anything else by its JSON as sent.</summary>
    public static bool IsLonger(JsonElement value, int bytes)
    {
        int raw = JsonMarshal.GetRawUtf8Value(value).Length;
        return value.ValueKind is JsonValueKind.String
            ? raw - 2 > bytes && IsLonger(value.GetString()!, bytes)
            : raw > bytes;
    }
}
