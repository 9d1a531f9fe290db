using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Tests.Mapping;

/// <summary><c>docs/mapping.md</c> is held against the codes and the golden cases, so that it tells the truth.</summary>
public sealed partial class MappingPageTests
{
    private const string NoExample = "–";

    private static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "mapping.md"));

    [Fact]
    public void The_mapping_page_names_every_warning_with_what_to_do_and_no_other()
    {
        string[][] rows = Rows("## Warnings");

        rows.Select(row => Code(row[0])).ShouldBe(Enum.GetValues<WarningCode>().Select(code => code.ToCode()));
        rows.ShouldAllBe(row => row[1].Length > 0 && row[2].Length > 0);
    }

    [Fact]
    public void Each_warnings_example_gives_that_warning()
    {
        foreach (string[] row in Rows("## Warnings").Where(row => row[3] != NoExample))
        {
            Expected(row[3])["warnings"]!.AsArray().Select(code => code!.GetValue<string>()).ShouldContain(Code(row[0]), row[3]);
        }
    }

    [Fact]
    public void Each_request_it_shows_is_what_its_example_becomes()
    {
        foreach (string[] row in Rows("## For an engineer"))
        {
            string[] shown = Code(row[1]).Split(' ');
            JsonNode request = Expected(row[3])["requests"]![0]!;

            request["method"]!.GetValue<string>().ShouldBe(shown[0], row[3]);
            request["path"]!.GetValue<string>().ShouldMatch($"^{Placeholder().Replace(Regex.Escape(shown[1]), "[^/]+")}$", row[3]);
        }
    }

    [Fact]
    public void The_mapping_page_names_every_reason_to_skip_with_an_example_that_is_skipped_for_it()
    {
        string[][] rows = Rows("## Skipped");

        rows.Select(row => Code(row[0])).ShouldBe(Enum.GetValues<SkipReason>().Select(reason => reason.ToCode()), ignoreOrder: true);
        foreach (string[] row in rows.Where(row => row[2] != NoExample))
        {
            Expected(row[2])["skipped"]!.GetValue<string>().ShouldBe(Code(row[0]));
        }
    }

    [Fact]
    public void The_mapping_page_lists_the_words_that_stand_for_no_identifier() =>
        Page.ShouldContain(string.Join(", ", PlaceholderIdentifiers.Default.ToString().Split(", ").Select(word => $"`{word}`")));

    private static string[][] Rows(string heading)
    {
        string section = Page[(Page.IndexOf(heading, StringComparison.Ordinal) + heading.Length)..];
        int end = section.IndexOf("\n## ", StringComparison.Ordinal);
        return [.. (end < 0 ? section : section[..end]).Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .Skip(2)
            .Select(line => line.Split('|')[1..^1].Select(cell => cell.Trim()).ToArray())];
    }

    private static string Code(string cell) => Backticks().Match(cell).Groups[1].Value;

    private static JsonNode Expected(string cell) =>
        JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Cases", Code(cell) + ".json")))!["expect"]!;

    [GeneratedRegex("`([^`]+)`", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Backticks();

    [GeneratedRegex(@"\\\{\w+}", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Placeholder();
}
