using System.Text.Json;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>
/// The file with the rules, <c>destination.json</c>: JSON with comments and trailing commas, described for editors by <c>destination.schema.json</c>. It is read and
/// checked as a whole: a problem anywhere makes none of it count.
/// </summary>
public static class RulesFile
{
    /// <summary>Its name where <c>Rules__Path</c> does not say otherwise.</summary>
    public const string DefaultName = "destination.json";

    /// <summary>The most bytes it may have.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads rules. Never throws on text.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="hashSecret">The secret of <c>hashProperty</c>; null when none is configured.</param>
    public static RulesResult Load(string text, Secret? hashSecret)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Options);
            return RulesReader.Read(document.RootElement, hashSecret);
        }
        catch (JsonException e)
        {
            return Unreadable($"is no JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} (comments and trailing commas are fine)");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            // How System.Text.Json reports an escaped half of a surrogate pair.
            return Unreadable("holds a text that is no valid Unicode: half of a \\uD800-\\uDFFF pair");
        }
    }

    /// <summary>
    /// Where the rules are: the configured path, from the working directory; else <c>destination.json</c> in the working directory, else beside the
    /// application. Null when nothing is configured and neither place has one.
    /// </summary>
    public static string? Find(RulesSettings settings) =>
        settings.Path is { } path
            ? Path.GetFullPath(path)
            : new[] { Directory.GetCurrentDirectory(), AppContext.BaseDirectory }
                .Select(folder => Path.Combine(folder, DefaultName))
                .FirstOrDefault(File.Exists);

    private static RulesResult.Invalid Unreadable(string message) => new([new RulesProblem("$", message)]);
}
