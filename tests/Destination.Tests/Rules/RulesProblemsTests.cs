using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;

namespace CustomerIoDestination.Tests.Rules;

/// <summary>
/// What somebody reads who made a mistake in the rules, word for word: <c>problems.jsonl</c> has a file of rules a line, and all that is said of it; nothing where it is good.
/// </summary>
public sealed class RulesProblemsTests
{
    [Fact]
    public void Each_mistake_is_told_once_with_its_place_and_what_would_be_right() => string.Join('\n', File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Rules", "problems.jsonl"))
        .Select(line => JsonSerializer.Deserialize<RulesCase>(line, JsonSerializerOptions.Web)!)
        .Select(one => (one.Rules, Right: string.Join('\n', one.Says), Is: string.Join('\n', Said(one.Rules))))
        .Where(one => one.Is != one.Right)
        .Select(one => $"{one.Rules}\nshould say\n{one.Right}\nbut says\n{one.Is}\n"))
        .ShouldBeEmpty();

    private static IEnumerable<string> Said(string rules) => RulesFile.Load(rules, null) switch
    {
        Checked<DestinationRules>.Invalid invalid => invalid.Problems.Select(problem => $"{problem.Where}: {problem.Message}"),
        Checked<DestinationRules>.Valid valid => valid.Warnings.Select(warning => $"warning: {warning.Where}: {warning.Message}"),
        _ => throw new ArgumentException("A check has two results.", nameof(rules)),
    };

    private sealed record RulesCase(string Rules, IReadOnlyList<string> Says);
}
