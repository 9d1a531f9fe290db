using System.Text.Encodings.Web;
using System.Text.Json;

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
}
