using System.Collections;
using System.Globalization;
using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.Cli.Configuration;

/// <summary>
/// The settings as the hosts see them: the local host's <c>appsettings.json</c> in the working directory, overridden by the Functions app's
/// <c>local.settings.json</c> there, and both by the environment.
/// </summary>
internal static class CliConfiguration
{
    private const string LocalHostFile = "appsettings.json";
    private const string FunctionsFile = "local.settings.json";

    /// <summary>Reads and checks the settings.</summary>
    /// <param name="workingDirectory">Where the file may be.</param>
    /// <param name="overrides">Settings that win over all, by their names.</param>
    public static Checked<DestinationSettings> Read(string workingDirectory, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var problems = new List<Problem>();
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(FromFile(workingDirectory, LocalHostFile, problems, root => Flat(root, "")))
            .AddInMemoryCollection(Keyed(FromFile(workingDirectory, FunctionsFile, problems, Values)))
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

    private static List<KeyValuePair<string, string?>> FromFile(
        string folder, string name, List<Problem> problems, Func<JsonElement, IEnumerable<KeyValuePair<string, string?>>> read)
    {
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), CliJson.Lenient);
            return [.. read(document.RootElement)];
        }
        catch (JsonException e)
        {
            problems.Add(new Problem(name, $"is no JSON at line {e.LineNumber + 1}"));
        }

        catch (InvalidOperationException)
        {
            // How System.Text.Json tells half of a surrogate pair.
            problems.Add(new Problem(name, "holds half of a surrogate pair (\\ud800 to \\udfff): a text needs both"));
        }

        return [];
    }

    private static IEnumerable<KeyValuePair<string, string?>> Values(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("Values", out JsonElement values) && values.ValueKind == JsonValueKind.Object
            ? values.EnumerateObject().Select(value => KeyValuePair.Create(value.Name, (string?)value.Value.ToString()))
            : [];

    private static IEnumerable<KeyValuePair<string, string?>> Flat(JsonElement value, string key) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(member => Flat(member.Value, Below(key, member.Name))),
        JsonValueKind.Array => value.EnumerateArray().SelectMany((item, index) => Flat(item, Below(key, index.ToString(CultureInfo.InvariantCulture)))),
        JsonValueKind.Null => [KeyValuePair.Create(key, (string?)null)],
        _ => [KeyValuePair.Create(key, (string?)value.ToString())],
    };

    private static string Below(string key, string name) => key.Length == 0 ? name : $"{key}:{name}";
}
