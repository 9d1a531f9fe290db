using System.Text.Json;

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

                errors = [.. Read(document.RootElement, status).DistinctBy(static error => error.Index)];
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
        TryRead(body, status, out IReadOnlyList<AnswerError> errors) && errors.Count > 0 ? errors : [Error(status, index: null, field: null, text: null)];

    private static IEnumerable<AnswerError> Read(JsonElement root, int status)
    {
        if (TryGet(root, "errors", out JsonElement errors))
        {
            foreach (AnswerError error in ReadList(errors, status))
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
            yield return Error(status, index: null, field: null, Text(single));
        }

        if (TryGet(meta, "errors", out JsonElement many))
        {
            foreach (AnswerError error in ReadList(many, status))
            {
                yield return error;
            }
        }
    }

    private static IEnumerable<AnswerError> ReadList(JsonElement errors, int status) => errors.ValueKind switch
    {
        JsonValueKind.Array => errors.EnumerateArray().Select(error => ReadOne(error, status)),
        JsonValueKind.Null => [],
        // Some error in a form nobody documented: still an error.
        _ => [ReadOne(errors, status)],
    };

    private static AnswerError ReadOne(JsonElement error, int status) => error.ValueKind == JsonValueKind.Object
        ? Error(status, Index(error), Text(error, "field"), Text(error, "message") ?? Text(error, "detail"))
        : Error(status, index: null, field: null, Text(error));

    private static AnswerError Error(int status, int? index, string? field, string? text)
    {
        (string code, string message) = KnownMessages.Recognise(text, status);
        return new AnswerError(index, code, KnownMessages.HarmlessName(field), message);
    }

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
