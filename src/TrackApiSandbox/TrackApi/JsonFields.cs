using System.Text.Json;

namespace TrackApiSandbox.TrackApi;

/// <summary>Reads members of a JSON object that may be absent or of another type.</summary>
internal static class JsonFields
{
    private const double FirstMillisecondTime = 1e11;

    /// <summary>The member, or null when absent or JSON null.</summary>
    public static JsonElement? Find(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    /// <summary>The member if it is a text that is not empty, else null.</summary>
    public static string? FindText(this JsonElement element, string name) => element.Find(name)?.AsText();

    /// <summary>The member if it is an object, else null.</summary>
    public static JsonElement? FindObject(this JsonElement element, string name) =>
        element.Find(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>The value if it is a text that is not empty, else null.</summary>
    public static string? AsText(this JsonElement value) =>
        value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    /// <summary>
    /// Unix seconds, fractions cut off, or null for what is none: text, milliseconds, negative numbers. The API takes its own clock then
    /// (a Customer.io engineer in segmentio/action-destinations#2054: "an invalid timestamp is replaced with time.now()").
    /// </summary>
    public static long? AsUnixSeconds(this JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out double seconds) && seconds is >= 0 and < FirstMillisecondTime
            ? (long)seconds
            : null;
}
