using System.Text;
using System.Text.Json;
using CustomerIoDestination.Model;
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

    /// <summary>What is wrong with a file that is not there.</summary>
    internal const string Missing = "does not exist";

    private static readonly JsonDocumentOptions Options = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    /// <summary>Reads rules. Never throws on text.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="hashSecret">The secret of <c>hashProperty</c>; null when none is configured.</param>
    public static Checked<DestinationRules> Load(string text, Secret? hashSecret)
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
        catch (EncoderFallbackException)
        {
            return Unreadable("is no text: it holds half of a surrogate pair");
        }
    }

    /// <summary>
    /// Decides which file holds the rules: the configured path, from the working directory; else <c>destination.json</c> in the working directory, else
    /// beside the application; where neither is there, the first of them that may still be written. The answer is absolute, so that it stays the same file
    /// whatever becomes of the working directory or of the file.
    /// </summary>
    /// <returns>The file; null when a relative path is configured and the working directory is gone.</returns>
    internal static string? Locate(RulesSettings settings)
    {
        string? workingDirectory = WorkingDirectory();
        if (settings.Path is { } path)
        {
            return Path.IsPathFullyQualified(path) ? Path.GetFullPath(path) : workingDirectory is null ? null : Path.GetFullPath(path, workingDirectory);
        }

        string[] candidates = [.. new[] { workingDirectory, AppContext.BaseDirectory }.OfType<string>().Select(folder => Path.Combine(folder, DefaultName))];
        return Array.Find(candidates, File.Exists) ?? candidates[0];
    }

    /// <summary>The file's bytes, or why they can't be had: <c>(bytes, null)</c> or <c>(null, message)</c>.</summary>
    internal static (byte[]? Bytes, string? Problem) Read(string path)
    {
        try
        {
            return new FileInfo(path).Length > MaxBytes ? (null, $"has more than {MaxBytes} bytes") : (File.ReadAllBytes(path), null);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, Missing);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, "can't be read");
        }
    }

    /// <summary>Reads rules from the file's bytes, in UTF-8 or what its byte order mark says. Never throws on them.</summary>
    internal static Checked<DestinationRules> Load(byte[] bytes, Secret? hashSecret)
    {
        using var reader = new StreamReader(new MemoryStream(bytes));
        return Load(reader.ReadToEnd(), hashSecret);
    }

    /// <summary>That the file as a whole is of no use.</summary>
    internal static Checked<DestinationRules>.Invalid Unreadable(string message) => new("The rules", [new Problem("$", message)]);

    private static string? WorkingDirectory()
    {
        try
        {
            return Directory.GetCurrentDirectory();
        }
        catch (IOException)
        {
            // It was deleted.
            return null;
        }
    }
}
