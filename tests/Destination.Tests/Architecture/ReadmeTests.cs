using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Configuration;

namespace CustomerIoDestination.Tests.Architecture;

/// <summary>The README and the pages it leads to are held against the code, so that they tell the truth.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Find("README.md"));
    private static readonly string Delivery = File.ReadAllText(Find("docs/delivery.md"));

    [Fact]
    public void The_documentation_names_every_setting_and_no_other() =>
        SettingRows().Select(row => row.Name).Order(StringComparer.Ordinal).ShouldBe(SettingNames.All.Order(StringComparer.Ordinal));

    [Fact]
    public void The_documentation_states_the_default_that_a_setting_has()
    {
        DestinationSettings defaults = SettingsReader.Read(new ConfigurationBuilder().Build()).ShouldBeOfType<Checked<DestinationSettings>.Valid>().Value;

        foreach ((string name, string stated) in SettingRows())
        {
            stated.ShouldBe(name == "Rules__Path" ? $"`{RulesFile.DefaultName}`, if it is there" : Written(Default(defaults, name)), name);
        }
    }

    [Fact]
    public void The_documentation_names_every_dead_letter_reason()
    {
        foreach (DeadLetterReason reason in Enum.GetValues<DeadLetterReason>())
        {
            Delivery.ShouldContain($"`{reason.ToCode()}`");
        }
    }

    [Theory]
    [InlineData("person id", TrackApiLimits.PersonIdBytes)]
    [InlineData("attribute name", TrackApiLimits.AttributeNameBytes)]
    [InlineData("attribute value (nested: its JSON)", TrackApiLimits.AttributeValueBytes)]
    [InlineData("event name", TrackApiLimits.EventNameBytes)]
    [InlineData("page name (URL)", TrackApiLimits.PageNameBytes)]
    [InlineData("event data (its JSON)", TrackApiLimits.EventDataBytes)]
    [InlineData("item of a batch", TrackApiLimits.BatchItemBytes)]
    public void The_documentation_states_every_limit(string what, int limit) =>
        Delivery.ShouldContain(string.Create(CultureInfo.InvariantCulture, $"| {what} | {limit:N0} |"));

    [Fact]
    public void The_two_commands_are_at_its_top()
    {
        string top = Readme[..Readme.IndexOf("## ", StringComparison.Ordinal)];

        top.ShouldContain("dotnet run --project src/LocalHost");
        top.ShouldContain("dotnet test");
    }

    [Fact]
    public void The_readme_is_short_and_every_page_it_leads_to_is_there()
    {
        string[] pages = [.. Link().Matches(Readme).Select(match => match.Value).Where(link => !link.Contains("://", StringComparison.Ordinal)).Select(link => link.Split('#')[0])];

        Readme.Split('\n').Length.ShouldBeLessThan(130);
        pages.Length.ShouldBeGreaterThan(15);
        pages.ShouldAllBe(page => Path.Exists(Path.Combine(Path.GetDirectoryName(Find("README.md"))!, page)));
    }

    private static IEnumerable<(string Name, string Default)> SettingRows()
    {
        string table = File.ReadAllText(Find("docs/settings.md"));
        table = table[..table.IndexOf("\n## ", 3, StringComparison.Ordinal)];
        return table.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('|'))
            .SelectMany(cells => Code().Matches(cells[1]).Select(match => (match.Value, cells[2].Trim())));
    }

    // A setting's name is the way to its property; those without a section, and the numbered ones, are not quite.
    private static object? Default(DestinationSettings defaults, string name) => name switch
    {
        "ServiceBus" => defaults.ServiceBus.ConnectionString,
        "ServiceBusQueueName" => defaults.ServiceBus.QueueName,
        "RateShare" => defaults.RateShare.ConnectionString,
        "DeliveryLog" => defaults.DeliveryLog.ConnectionString,
        "Ingest__BrowserIdentify" => defaults.Mapping.BrowserIdentify,
        _ => name.Split("__").Take(2).Aggregate(
            (object?)defaults,
            (owner, part) => owner!.GetType().GetProperty(part, BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase).ShouldNotBeNull(name).GetValue(owner)),
    };

    private static string Written(object? value) => value switch
    {
        null or System.Collections.ICollection { Count: 0 } => "–",
        bool flag => flag ? "`true`" : "`false`",
        Enum choice => $"`{JsonNamingPolicy.CamelCase.ConvertName(choice.ToString())}`",
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => $"`{value}`",
    };

    private static string Find(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, name)))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.ShouldNotBeNull().FullName, name);
    }

    [GeneratedRegex("(?<=`)\\w+(?=`)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<=\]\()[^)]+(?=\))", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Link();
}
