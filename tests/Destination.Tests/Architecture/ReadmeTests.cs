using System.Text.RegularExpressions;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Limits;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Tests.Architecture;

/// <summary>The README is held against the code, so that it tells the truth.</summary>
public sealed partial class ReadmeTests
{
    private static readonly string Readme = File.ReadAllText(Find("README.md"));

    [Fact]
    public void It_names_every_setting_and_no_other()
    {
        string table = Readme[Readme.IndexOf("## Settings", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("\n## ", 3, StringComparison.Ordinal)];

        table.Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Code().Matches(line.Split('|')[1]).Select(match => match.Value))
            .Order(StringComparer.Ordinal)
            .ShouldBe(SettingNames.All.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void It_names_every_dead_letter_reason()
    {
        foreach (DeadLetterReason reason in Enum.GetValues<DeadLetterReason>())
        {
            Readme.ShouldContain($"`{reason.ToCode()}`");
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
    public void It_states_every_limit(string what, int limit) =>
        Readme.ShouldContain(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"| {what} | {limit:N0} |"));

    [Fact]
    public void The_two_commands_are_at_its_top()
    {
        string top = Readme[..Readme.IndexOf("## ", StringComparison.Ordinal)];

        top.ShouldContain("dotnet run --project src/LocalHost");
        top.ShouldContain("dotnet test");
    }

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
}
