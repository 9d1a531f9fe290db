using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
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
    [InlineData("""{"groups": true}""")]
    [InlineData("""{"pages": "yes"}""")]
    [InlineData("""{"events": {}}""")]
    [InlineData("""{"events": {"enabled": [1]}}""")]
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
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"kind": "group"}}]}""")]
    [InlineData("""{"transformations": [{"operation": "dropEvent", "on": "all", "when": {"any": []}}]}""")]
    public void What_one_refuses_the_other_refuses(string text) => Check(text).ShouldBe((false, false));

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
        JsonNode? json = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
        bool schema = Schema.Evaluate(JsonSerializer.SerializeToElement(json)).IsValid;
        RulesResult result = RulesFile.Load(text, HashSecret);
        return (schema, result is RulesResult.Valid);
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file));

    [GeneratedRegex("^```jsonc\n(?<block>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex JsonBlock();
}
