using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Json.Schema;

namespace CustomerIoDestination.Tests.Rules;

/// <summary>The schema is for editors, the reader decides; the two must not tell different things.</summary>
public sealed partial class SchemaTests
{
    private static readonly JsonSchema Schema = JsonSchema.FromText(Read("destination.schema.json"));
    private static readonly Secret HashSecret = new("a secret of some length");

    [Fact]
    public void The_sample_is_good_for_both() => Check(Read("destination.sample.json")).ShouldBe((true, true));

    [Theory]
    [MemberData(nameof(Examples))]
    public void The_examples_in_the_documentation_are_good_for_both(string example) => Check(example).ShouldBe((true, true));

    [Theory]
    [InlineData("""{"groups": "on"}""")]
    [InlineData("""{"aliases": 1}""")]
    [InlineData("""{"devices": "yes"}""")]
    [InlineData("""{"devices": {"adds": ["Application Opened"]}}""")]
    [InlineData("""{"devices": {"add": ["Application *"]}}""")]
    [InlineData("""{"objects": {"delete": "Account Closed"}}""")]
    [InlineData("""{"lifecycle": {"delete": ["$identify"]}}""")]
    [InlineData("""{"lifecycle": {"suppress": ["User *"]}}""")]
    [InlineData("""{"lifecycle": {"sources": []}}""")]
    [InlineData("""{"lifecycle": {"sources": ["tv"]}}""")]
    [InlineData("""{"pages": "yes"}""")]
    [InlineData("""{"events": {}}""")]
    [InlineData("""{"events": {"enabled": [1]}}""")]
    [InlineData("""{"events": {"disabled": ["$screen"]}}""")]
    [InlineData("""{"transformations": [{"operation": "trim", "on": "all"}]}""")]
    [InlineData("""{"transformations": [{"operation": "copyProperty", "on": "all", "property": "a"}]}""")]
    [InlineData("""{"transformations": [{"operation": "template", "on": "all", "property": "a"}]}""")]
    [InlineData("""{"transformations": [{"operation": "template", "on": "all", "property": "a", "template": "no property"}]}""")]
    [InlineData("""{"events": {"enabled": [" "]}}""")]
    [InlineData("""{"sources": {"tv": true}}""")]
    [InlineData("""{"privacy": {}}""")]
    [InlineData("""{"privacy": {"allow": {"traits": "email"}}}""")]
    [InlineData("""{"transformations": [{}]}""")]
    [InlineData("""{"transformations": [{"operation": "erase", "on": "all"}]}""")]
    [InlineData("""{"transformations": [{"operation": "uppercase", "property": "a"}]}""")]
    [InlineData("""{"transformations": [{"operation": "uppercase", "on": "Purchase", "property": "a"}]}""")]
    [InlineData("""{"transformations": [{"operation": "uppercase", "on": "all", "property": []}]}""")]
    [InlineData("""{"transformations": [{"operation": "uppercase", "on": "all", "property": "a", "to": "b"}]}""")]
    [InlineData("""{"transformations": [{"operation": "renameEvent", "on": "events", "to": "b"}]}""")]
    [InlineData("""{"transformations": [{"operation": "changePropertyType", "on": "all", "property": "a", "type": "date"}]}""")]
    [InlineData("""{"transformations": [{"operation": "sendBuiltInProperty", "on": "all", "property": "ip"}]}""")]
    [InlineData("""{"transformations": [{"operation": "sendConstantProperty", "on": "all", "property": "a"}]}""")]
    [InlineData("""{"transformations": [{"operation": "hashProperty", "on": "all", "property": "a", "algorithm": "md5"}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all"}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"property": "a"}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"equals": 1}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"kind": "alias"}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"any": []}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"page": "conditions/*"}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"page": ["/a", "https://a.example/results/*"]}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"page": []}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"property": "a", "in": []}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"kind": []}}]}""")]
    [InlineData("""{"transformations": [{"operation": "stripQuery", "on": ["$pages"]}]}""")]
    [InlineData("""{"transformations": [{"operation": "stripQuery", "on": []}]}""")]
    [InlineData("""{"events": {"enabled": ["$page"]}}""")]
    [InlineData("""{"privacy": {"allow": {"events": {"$pages": ["url"]}}}}""")]
    public void Rules_that_the_reader_refuses_are_refused_by_the_schema_with_one_message(string text)
    {
        Check(text).ShouldBe((false, false));
        Messages(text).ShouldHaveSingleItem();
    }

    [Fact]
    public void The_sample_finds_its_schema_where_it_says_it_is_to_be_copied_to()
    {
        string sample = Read("destination.sample.json");
        sample.ShouldContain("Copy this file to destination.json in the root of the repository");

        var root = new Uri(Find("README.md"));
        string schema = new Uri(root, Parse(sample)!["$schema"]!.GetValue<string>()).LocalPath;

        schema.ShouldBe(Find("destination.schema.json"));
    }

    public static TheoryData<string> Examples()
    {
        var examples = new TheoryData<string>();
        foreach (Match match in JsonBlock().Matches(Read("rules.md")))
        {
            string block = match.Groups["block"].Value.Trim();
            examples.Add(block.StartsWith("{ \"operation\"", StringComparison.Ordinal) ? $"{{\"transformations\": [{block}]}}" : block);
        }

        return examples;
    }

    private static (bool Schema, bool Reader) Check(string text)
    {
        bool schema = Schema.Evaluate(JsonSerializer.SerializeToElement(Parse(text))).IsValid;
        Checked<DestinationRules> result = RulesFile.Load(text, HashSecret);
        return (schema, result is Checked<DestinationRules>.Valid);
    }

    // What fails by itself, not because something in it fails. What an if asks is no message: it only chooses.
    private static List<string> Messages(string text)
    {
        EvaluationResults results = Schema.Evaluate(JsonSerializer.SerializeToElement(Parse(text)), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return
        [
            .. (results.Details ?? []).Where(detail => !detail.IsValid && detail.Errors is not null && !detail.EvaluationPath.ToString().Split('/').Contains("if"))
                .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation} {detail.EvaluationPath} {error.Key}: {error.Value}")),
        ];
    }

    private static JsonNode? Parse(string text) =>
        JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });

    private static string Find(string name)
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "README.md")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder.ShouldNotBeNull().FullName, name);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file));

    [GeneratedRegex("^```jsonc\n(?<block>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex JsonBlock();
}
