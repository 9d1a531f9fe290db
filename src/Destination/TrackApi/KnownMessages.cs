using System.Collections.Frozen;
using System.Globalization;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.TrackApi;

/// <summary>
/// The error texts Customer.io documents (docs.customer.io/journeys/invalid-api-requests). Only these are passed on: a text nobody
/// knows may quote a value or an identifier, so it is replaced; it is kept with the event alone.
/// </summary>
internal static class KnownMessages
{
    private const string ValuePrefix = "value for attribute '";
    private const string ValueSuffix = "' cannot be longer than 1000 bytes";

    private static readonly FrozenDictionary<string, string> Codes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["id attribute must be present"] = "id_missing",
        ["id attribute must be a string value"] = "id_not_text",
        ["id attribute cannot be an empty string"] = "id_empty",
        ["cannot identify more than 300 attributes in one request"] = "too_many_attributes",
        ["attribute name cannot be longer than 150 bytes"] = "attribute_name_too_long",
        ["property value cannot be longer than 1000 bytes"] = "attribute_value_too_long",
        ["name cannot be blank"] = "event_name_blank",
        ["event name must not be blank"] = "event_name_blank",
        ["event name cannot be longer than 100 bytes"] = "event_name_too_long",
        ["event name must be less than 500 characters"] = "event_name_too_long",
        ["event data must be a hash (e.g., send \"data\":{} instead of \"data\":\"\")"] = "event_data_no_object",
        ["event data must be a hash"] = "event_data_no_object",
        ["event data cannot be longer than 100000 bytes"] = "event_data_too_long",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The code of a text that nobody knows.</summary>
    public const string UnknownCode = "unknown_message";

    /// <summary>The code and the harmless form of an error text; null when nobody knows it.</summary>
    public static (string Code, string Message)? Recognise(string? text)
    {
        if (text is not null && Codes.TryGetValue(text.Trim(), out string? code))
        {
            return (code, text.Trim());
        }

        if (text is not null && text.StartsWith(ValuePrefix, StringComparison.Ordinal) && text.EndsWith(ValueSuffix, StringComparison.Ordinal)
            && text.Length >= ValuePrefix.Length + ValueSuffix.Length)
        {
            string name = FieldName.Harmless(text[ValuePrefix.Length..^ValueSuffix.Length]);
            return ("attribute_value_too_long", $"value for attribute '{name}' cannot be longer than 1000 bytes");
        }

        return null;
    }

    /// <summary>What is said of an answer whose text nobody knows.</summary>
    public static string Unknown(int status, bool hasText) => hasText
        ? string.Create(CultureInfo.InvariantCulture, $"HTTP {status}; what Customer.io wrote may quote data and is kept with the event")
        : string.Create(CultureInfo.InvariantCulture, $"HTTP {status} without a text");
}
