using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using CustomerIoDestination.Preview;

namespace CustomerIoDestination.Cli;

/// <summary>How JSON is shown and read.</summary>
internal static class CliJson
{
    /// <summary>On one line, with every character as it is.</summary>
    public static JsonSerializerOptions Compact { get; } = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>For people.</summary>
    public static JsonSerializerOptions Indented { get; } = new(Compact) { WriteIndented = true };

    /// <summary>People's files may have comments and trailing commas.</summary>
    public static JsonDocumentOptions Lenient { get; } = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>A count in a host's answer; 0 for whatever is none.</summary>
    public static long Number(JsonNode? node) => node is JsonValue value && value.TryGetValue(out long number) && number >= 0 ? number : 0;

    /// <summary>Previews as the HTTP API answers them.</summary>
    public static JsonArray Of(IReadOnlyList<PreviewItem> items)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            PreviewJson.Write(writer, items);
        }

        return JsonNode.Parse(buffer.ToArray())!.AsArray();
    }
}
