using System.Globalization;
using System.Text.RegularExpressions;
using CustomerIoDestination.Delivery;
using CustomerIoDestination.Delivery.Gate;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Model;
using CustomerIoDestination.Pacing;
using CustomerIoDestination.People;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;
using CustomerIoDestination.Time;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Tests.Architecture;

/// <summary>Whatever a page of documentation names is there: pages, headings, files, tests, settings and numbers.</summary>
public sealed partial class DocsTests
{
    private static readonly string Root = SourceTree.Root;

    public static TheoryData<string> Pages =>
    [
        "README.md", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md", "src/TrackApiSandbox/README.md",
        .. Below("docs", "*.md"),
        .. Below("integrations", "README.md").Where(page => !page.Contains("node_modules", StringComparison.Ordinal)),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_link_leads_to_a_page_and_a_heading_that_are_there(string page)
    {
        string[] dead = [.. Link().Matches(Read(page)).Select(match => match.Groups["to"].Value).Where(to => !to.Contains("://", StringComparison.Ordinal)).Where(to => !IsThere(page, to))];

        dead.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_setting_that_is_named_is_one(string page)
    {
        // The changelog shows what is misspelt; the sandbox alone has settings of its own; Azure's own names are Azure's.
        string[] others = ["Mappings__PersonIdentifier", "Sandbox__MergeableAfter", "AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentSessions"];
        string[] unknown =
        [
            .. Setting().Matches(Read(page)).Select(match => match.Value).Distinct()
                .Where(name => !others.Contains(name) && !(page.StartsWith("src/", StringComparison.Ordinal) && name.StartsWith("Sandbox__", StringComparison.Ordinal)))
                .Where(name => !SettingNames.All.Any(known => IsNamed(known, name))),
        ];

        unknown.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_test_or_a_file_that_is_named_is_there(string page)
    {
        string text = Read(page);
        HashSet<string> tests = [.. Below("tests", "*.cs").Select(file => Path.GetFileNameWithoutExtension(file)!)];
        string[] missing =
        [
            .. TestClass().Matches(text).Select(match => match.Value).Where(name => !tests.Contains(name)),
            // A hook is named without the endings of its two forms.
            .. NamedFile().Matches(text).Select(match => match.Value).Where(path => !Path.Exists(Path.Combine(Root, path)) && !Path.Exists(Path.Combine(Root, path + ".sh"))),
        ];

        missing.Distinct().ShouldBeEmpty();
    }

    public static TheoryData<string, string> Numbers => new()
    {
        { "docs/delivery.md", Said($"Ingest itself takes up to {new IngestSettings().MaxBodyBytes / (1 << 20)} MiB a request (`Ingest__MaxBodyBytes`), {BodySplitter.MaxItems:N0} items, {EventEnvelope.MaxBodyBytes:N0} bytes an event and {JsonTable.MaxDepth} levels of nesting") },
        { "docs/delivery.md", Said($"| attributes of an identify | {TrackApiLimits.AttributesPerIdentify} (keys) |") },
        { "docs/delivery.md", Said($"it alone failed {InWords(RetryPolicy.UndeliverableCalls)} times in {RetryPolicy.UndeliverableAfter.TotalMinutes} minutes while others were delivered") },
        { "docs/delivery.md", Said($"it was tried for `Delivery__RetryWindow` ({new DeliverySettings().RetryWindow.TotalHours} h) from its first failed call on") },
        { "docs/delivery.md", Said($"A call works on at most {DeadLetterPass.MaxMessages:N0}") },
        { "docs/operations.md", Said($"A call works at most {DeadLetterPass.MaxDuration.TotalSeconds} s or {DeadLetterPass.MaxMessages:N0} messages") },
        { "docs/browser.md", Said($"It may have {IngestRequest.BrowserBodyBytes / 1024} KB and {IngestRequest.BrowserItems} items") },
        { "docs/browser.md", Said($"`Ingest__BrowserRate`: {new IngestSettings().BrowserRate} requests a minute of a device") },
        { "docs/operating.md", Said($"*Paused* as `everything_rejected` after {DeliveryGate.RejectedInARow} rejections in a row") },
        { "docs/operating.md", Said($"waits in place, {RetryPolicy.ShortestWait.TotalSeconds} s to {RetryPolicy.LongestBackoff.TotalSeconds} s apart, longer if Customer.io says so (up to {RetryAfter.Longest.TotalMinutes} min)") },
        { "docs/operating.md", Said($"It begins at {(Pace.RampFrom == 0.25 ? "a quarter" : "?")} and is whole after {InWords(Pace.RampSeconds)} seconds") },
        { "docs/operating.md", Said($"until the host has run for {SteadyClock.Proof.TotalHours} h") },
        { "docs/rules.md", Said($"The local host looks every {InWords(RulesFileWatch.Interval.TotalSeconds)} seconds") },
        { "docs/erasure.md", Said($"`Privacy__ForgetWindow` ({new PrivacySettings().ForgetWindow.TotalDays} days)") },
        { "docs/erasure.md", Said($"more than five minutes ago\n(less {(TimeSpan.FromMinutes(5) - PersonRule.MergeWindow).TotalSeconds} seconds") },
        { "docs/operations.md", Said($"what it wrote, up to {Settlement.DeadLetter.MaxAnswer:N0} bytes, is shown with the event") },
    };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_number_is_stated_as_it_is(string page, string text) => Read(page).ShouldContain(text);

    [Fact]
    public void The_number_of_cases_is_no_smaller_than_the_README_says()
    {
        int stated = int.Parse(CaseCount().Match(Read("README.md")).Groups["count"].Value, CultureInfo.InvariantCulture);

        Directory.GetFiles(Path.Combine(Root, "tests/Destination.Tests/Cases"), "*.json").Length.ShouldBeGreaterThan(stated);
        stated.ShouldBeGreaterThan(0);
    }

    private static string Said(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string InWords(double number) => number switch
    {
        2 => "two",
        10 => "ten",
        _ => number.ToString(CultureInfo.InvariantCulture),
    };

    private static bool IsThere(string page, string to)
    {
        string[] parts = to.Split('#');
        string file = parts[0].Length == 0 ? page : Path.GetRelativePath(Root, Path.Combine(Root, Path.GetDirectoryName(page)!, parts[0]));
        return Path.Exists(Path.Combine(Root, file)) && (parts.Length == 1 || Headings(file).Contains(parts[1]));
    }

    // As GitHub makes an anchor of a heading.
    private static IEnumerable<string> Headings(string file) => Heading().Matches(Read(file))
        .Select(match => NoAnchor().Replace(match.Groups["text"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'));

    // The numbered ones also without their number, and as Ingest__Keys__0/1.
    private static bool IsNamed(string known, string name) =>
        known == name || (known.EndsWith("__0", StringComparison.Ordinal) && (known[..^3] == name || known[..^1] + name[^1] == name));

    private static string Read(string page) => File.ReadAllText(Path.Combine(Root, page));

    private static IEnumerable<string> Below(string folder, string pattern) => Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'))
        .Where(file => !file.Contains("/obj/", StringComparison.Ordinal));

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Link();

    [GeneratedRegex("^#+ (?<text>.*)$", RegexOptions.Multiline, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NoAnchor();

    // Azure's variables are in capitals.
    [GeneratedRegex(@"\b[A-Z][A-Za-z]*[a-z][A-Za-z]*(__[A-Za-z0-9]+)+", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"(?<=`)[A-Z]\w+(Tests|Contract)(?=[`.])", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex TestClass();

    [GeneratedRegex("(?<=`)(tests|src|infra|integrations)/[\\w./-]+(?=`)", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex NamedFile();

    [GeneratedRegex("by more than (?<count>[0-9]+) cases", RegexOptions.None, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex CaseCount();
}
