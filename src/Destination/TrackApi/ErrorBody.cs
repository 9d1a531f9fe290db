using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.TrackApi;

/// <summary>
/// The error bodies of the Track API, of which three are documented: <c>{"meta":{"error":"…"}}</c>, <c>{"meta":{"errors":["…"]}}</c> and
/// <c>{"errors":[{"batch_index":1,"reason":"…","field":"…","message":"…"}]}</c>. A fourth, <c>{"errors":[{"detail":"…"}]}</c>, is the App API's.
/// </summary>
internal static class ErrorBody
{
    /// <summary>
    /// Reads the errors of a JSON object; false when the body is anything else. No errors is an empty list. Of several errors of one item, and of several
    /// that name none, the first is given: it says enough, and so every item that is named anywhere in the body is known.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> body, int status, out IReadOnlyList<AnswerError> errors)
    {
        errors = [];
        if (body.Trim(" \r\n\t"u8).IsEmpty)
        {
            return true;
        }

        try
        {
            Utf8JsonReader reader = new(body);
            if (!JsonDocument.TryParseValue(ref reader, out JsonDocument? document))
            {
                return false;
            }

            using (document)
            {
                // The value may end before the body does; what follows must be white space.
                if (document.RootElement.ValueKind != JsonValueKind.Object || reader.Read())
                {
                    return false;
                }

                errors = [.. Read(document.RootElement).DistinctBy(static error => error.Index)];
                if (errors.Count > 0)
                {
                    ReadOnlyMemory<byte> all = Keep(body);
                    errors = [.. errors.Select(error => Told(error, error.Index is null ? all : error.Text, status))];
                }

                return true;
            }
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Reads the errors of a refusal; one that says no more than the status when there is nothing to read.</summary>
    public static IReadOnlyList<AnswerError> ReadOrUnknown(ReadOnlySpan<byte> body, int status) =>
        TryRead(body, status, out IReadOnlyList<AnswerError> errors) && errors.Count > 0
            ? errors
            : [Told(Error(index: null, field: null, text: null), Keep(body), status)];

    /// <summary>What is kept of a text: no more than its bound, and no half character at its end.</summary>
    public static ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> text)
    {
        text = text.Trim(" \r\n\t"u8);
        int length = Math.Min(text.Length, Settlement.DeadLetter.MaxAnswer);
        while (length > 0 && length < text.Length && (text[length] & 0xC0) == 0x80)
        {
            length--;
        }

        return length == 0 ? default : text[..length].ToArray();
    }

    private static IEnumerable<AnswerError> Read(JsonElement root)
    {
        if (TryGet(root, "errors", out JsonElement errors))
        {
            foreach (AnswerError error in ReadList(errors))
            {
                yield return error;
            }
        }

        if (!TryGet(root, "meta", out JsonElement meta) || meta.ValueKind != JsonValueKind.Object)
        {
            yield break;
        }

        if (TryGet(meta, "error", out JsonElement single) && single.ValueKind != JsonValueKind.Null)
        {
            yield return Error(index: null, field: null, Text(single));
        }

        if (TryGet(meta, "errors", out JsonElement many))
        {
            foreach (AnswerError error in ReadList(many))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<AnswerError> ReadList(JsonElement errors) => errors.ValueKind switch
    {
        JsonValueKind.Array => errors.EnumerateArray().Select(ReadOne),
        JsonValueKind.Null => [],
        // Some error in a form nobody documented: still an error.
        _ => [ReadOne(errors)],
    };

    private static AnswerError ReadOne(JsonElement error) => error.ValueKind == JsonValueKind.Object
        ? Error(Index(error), Text(error, "field"), Text(error, "message") ?? Text(error, "detail")) with { Text = Keep(JsonMarshal.GetRawUtf8Value(error)) }
        : Error(index: null, field: null, Text(error));

    private static AnswerError Error(int? index, string? field, string? text)
    {
        (string code, string message) = KnownMessages.Recognise(text) ?? (KnownMessages.UnknownCode, "");
        return new AnswerError(index, code, string.IsNullOrEmpty(field) ? null : FieldName.Harmless(field), message);
    }

    private static AnswerError Told(AnswerError error, ReadOnlyMemory<byte> text, int status) => error with
    {
        Message = error.Code == KnownMessages.UnknownCode ? KnownMessages.Unknown(status, hasText: !text.IsEmpty) : error.Message,
        Text = text,
    };

    private static int? Index(JsonElement error) =>
        TryGet(error, "batch_index", out JsonElement index) && index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out int value) ? value : null;

    /// <summary>The text of a member; null when there is none, or it is no Unicode (a lone surrogate, bytes that are no UTF-8).</summary>
    public static string? Text(JsonElement element, string name) => TryGet(element, name, out JsonElement value) ? Text(value) : null;

    private static string? Text(JsonElement element)
    {
        try
        {
            return element.ValueKind == JsonValueKind.String ? element.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Finds a member as <see cref="JsonElement.TryGetProperty(string, out JsonElement)"/> does, which throws where another name is no Unicode.</summary>
    public static bool TryGet(JsonElement element, string name, out JsonElement value)
    {
        value = default;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            value = Is(property, name) ? property.Value : value;
        }

        return value.ValueKind != JsonValueKind.Undefined;
    }

    private static bool Is(JsonProperty property, string name)
    {
        try
        {
            return property.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}

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
