using System.Collections;
using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Reading;
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
    public static Checked<DestinationSettings> Read(string workingDirectory, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var problems = new List<Problem>();
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(Keyed(FromFile(Path.Combine(workingDirectory, FileName), problems)))
            .AddInMemoryCollection(Keyed(FromEnvironment()))
            .AddInMemoryCollection(Keyed(overrides ?? []))
            .Build();
        Checked<DestinationSettings> read = SettingsReader.Read(configuration);
        return problems.Count == 0
            ? read
            : new Checked<DestinationSettings>.Invalid(SettingsReader.What, [.. problems, .. (read as Checked<DestinationSettings>.Invalid)?.Problems ?? []]);
    }

    /// <summary>Opens the rules as the hosts do.</summary>
    /// <param name="path">The file given on the command line; null for the one of the settings.</param>
    /// <param name="settings">The settings.</param>
    /// <param name="time">The time.</param>
    public static Checked<RulesSource> OpenRules(string? path, RulesSettings settings, TimeProvider time) =>
        RulesSource.Open(path is null ? settings : settings with { Path = path }, time);

    private static IEnumerable<KeyValuePair<string, string?>> Keyed(IEnumerable<KeyValuePair<string, string?>> settings) =>
        settings.Select(pair => KeyValuePair.Create(pair.Key.Replace("__", ":", StringComparison.Ordinal), pair.Value));

    private static IEnumerable<KeyValuePair<string, string?>> FromEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value));

    private static List<KeyValuePair<string, string?>> FromFile(string path, List<Problem> problems)
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
            problems.Add(new Problem(FileName, $"is no JSON at line {e.LineNumber + 1}"));
        }

        catch (InvalidOperationException)
        {
            // How System.Text.Json tells half of a surrogate pair.
            problems.Add(new Problem(FileName, "holds half of a surrogate pair (\\ud800 to \\udfff): a text needs both"));
        }

        return settings;
    }
}
