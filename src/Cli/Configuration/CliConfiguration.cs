using System.Collections;
using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace CustomerIoDestination.Cli.Configuration;

/// <summary>
/// The settings as the hosts see them: the local host's <c>appsettings.json</c> and the one of its environment in the working directory, overridden by the Functions app's
/// <c>local.settings.json</c> there, and both by the environment.
/// </summary>
internal static class CliConfiguration
{
    private const string FunctionsFile = "local.settings.json";

    /// <summary>Reads and checks the settings.</summary>
    /// <param name="workingDirectory">Where the file may be.</param>
    /// <param name="overrides">Settings that win over all, by their names.</param>
    public static Checked<DestinationSettings> Read(string workingDirectory, IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var problems = new List<Problem>();
        IConfiguration configuration = new ConfigurationBuilder()
            .AddConfiguration(FromJson(workingDirectory, "appsettings.json", problems))
            .AddConfiguration(FromJson(workingDirectory, $"appsettings.{HostEnvironment(Environment.GetEnvironmentVariable)}.json", problems))
            .AddInMemoryCollection(Keyed(FromFunctionsFile(workingDirectory, problems)))
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

    // One setting may stand in two spellings (A__B and A:B, or in another case): the last counts, as in the hosts.
    private static Dictionary<string, string?> Keyed(IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var keyed = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, string? value) in settings)
        {
            keyed[name.Replace("__", ":", StringComparison.Ordinal)] = value;
        }

        return keyed;
    }

    private static IEnumerable<KeyValuePair<string, string?>> FromEnvironment() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value));

    /// <summary>The name of the environment as the local host takes it: of its two variables <c>DOTNET_ENVIRONMENT</c> wins.</summary>
    /// <param name="variable">Reads a variable; null when it is not set.</param>
    public static string HostEnvironment(Func<string, string?> variable) => variable("DOTNET_ENVIRONMENT") ?? variable("ASPNETCORE_ENVIRONMENT") ?? Environments.Production;

    // Read by what reads it in the host, so that whatever stops a start is told here too.
    private static IConfiguration FromJson(string folder, string name, List<Problem> problems)
    {
        try
        {
            return new ConfigurationBuilder().SetBasePath(Path.GetFullPath(folder)).AddJsonFile(name, optional: true, reloadOnChange: false).Build();
        }
        catch (InvalidDataException e)
        {
            problems.Add(new Problem(name, SettingsReader.WhyUnreadable(e)));
            return new ConfigurationBuilder().Build();
        }
    }

    private static List<KeyValuePair<string, string?>> FromFunctionsFile(string folder, List<Problem> problems)
    {
        string path = Path.Combine(folder, FunctionsFile);
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllText(path), CliJson.Lenient);
            return [.. Values(document.RootElement)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problems.Add(new Problem(FunctionsFile, SettingsReader.WhyUnreadable(e)));
            return [];
        }
    }

    private static IEnumerable<KeyValuePair<string, string?>> Values(JsonElement root) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty("Values", out JsonElement values) && values.ValueKind == JsonValueKind.Object
            ? values.EnumerateObject().Select(value => KeyValuePair.Create(value.Name, (string?)value.Value.ToString()))
            : [];
}
