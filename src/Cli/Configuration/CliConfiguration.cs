using System.Collections;
using System.Text.Json;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.Cli.Configuration;

/// <summary>The settings as the hosts see them: <c>local.settings.json</c> in the working directory, overridden by the environment.</summary>
internal static class CliConfiguration
{
    private const string FileName = "local.settings.json";

    /// <summary>Reads and checks the settings.</summary>
    /// <param name="workingDirectory">Where the file may be.</param>
    /// <param name="overrides">Settings that win over all, by their names.</param>
    public static SettingsResult Read(string workingDirectory, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var problems = new List<SettingProblem>();
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(Keyed(FromFile(Path.Combine(workingDirectory, FileName), problems)))
            .AddInMemoryCollection(Keyed(FromEnvironment()))
            .AddInMemoryCollection(Keyed(overrides ?? []))
            .Build();
        return (SettingsReader.Read(configuration), problems) switch
        {
            (var result, []) => result,
            (SettingsResult.Invalid invalid, _) => new SettingsResult.Invalid([.. problems, .. invalid.Problems]),
            _ => new SettingsResult.Invalid(problems),
        };
    }

    private static IEnumerable<KeyValuePair<string, string?>> Keyed(IEnumerable<KeyValuePair<string, string?>> settings) =>
        settings.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value));

    private static IEnumerable<KeyValuePair<string, string?>> FromEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value));

    private static List<KeyValuePair<string, string?>> FromFile(string path, List<SettingProblem> problems)
    {
        var settings = new List<KeyValuePair<string, string?>>();
        if (!File.Exists(path))
        {
            return settings;
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("Values", out JsonElement values) && values.ValueKind == JsonValueKind.Object)
            {
                settings.AddRange(values.EnumerateObject().Select(value => KeyValuePair.Create(value.Name, (string?)value.Value.ToString())));
            }
        }
        catch (JsonException e)
        {
            problems.Add(new SettingProblem(FileName, $"is no JSON at line {e.LineNumber + 1}"));
        }

        catch (InvalidOperationException)
        {
            // How System.Text.Json tells half of a surrogate pair.
            problems.Add(new SettingProblem(FileName, "holds half of a surrogate pair (\\ud800 to \\udfff): a text needs both"));
        }

        return settings;
    }
}
