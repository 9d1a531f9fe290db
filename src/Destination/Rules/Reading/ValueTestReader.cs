using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using CustomerIoDestination.Rules.Transforming;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Reads what a condition asks of a property's value.</summary>
internal static class ValueTestReader
{
    private const int MaxPatternLength = 1_000;

    /// <summary>The keys of the tests.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["exists", "equals", "in", "matches", "greaterThan", "atLeast", "lessThan", "atMost"];

    /// <summary>The tests in a condition, but <c>exists</c>.</summary>
    public static IEnumerable<ValueTest> Read(RulePart part)
    {
        if (part.Member("equals") is { } equals)
        {
            yield return new ValueTest.OneOf(Scalars([equals]));
        }

        if (part.Member("in") is { } list)
        {
            yield return new ValueTest.OneOf(Scalars(list.AtLeastOne("value")));
        }

        if (part.Member("matches") is { } matches && Pattern(matches) is { } pattern)
        {
            yield return new ValueTest.Matches(pattern);
        }

        var within = new ValueTest.Within(Number(part, "greaterThan"), Number(part, "atLeast"), Number(part, "lessThan"), Number(part, "atMost"));
        if (within != new ValueTest.Within(null, null, null, null))
        {
            CheckBounds(within, part);
            yield return within;
        }
    }

    private static void CheckBounds(ValueTest.Within within, RulePart part)
    {
        (decimal? lowest, string lower) = within.GreaterThan >= within.AtLeast || within.AtLeast is null ? (within.GreaterThan, "more than") : (within.AtLeast, "at least");
        (decimal? highest, string upper) = within.LessThan <= within.AtMost || within.AtMost is null ? (within.LessThan, "less than") : (within.AtMost, "at most");
        if (lowest > highest || (lowest == highest && lowest is not null && !(lower == "at least" && upper == "at most")))
        {
            part.Problem(string.Create(CultureInfo.InvariantCulture, $"asks for a number that is {lower} {lowest} and {upper} {highest}, which none is"));
        }
    }

    private static List<EditableValue> Scalars(IReadOnlyList<RulePart> parts)
    {
        var values = new List<EditableValue>();
        foreach (RulePart part in parts)
        {
            if (part.Json.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                part.Problem($"is {RulePart.Word(part.Json.ValueKind)}; a text, number, boolean or null was expected");
            }
            else
            {
                values.Add(EditableValue.Given(ConstantReader.Read(part.Json)));
            }
        }

        return values;
    }

    private static decimal? Number(RulePart part, string name)
    {
        if (part.Member(name) is not { } member)
        {
            return null;
        }

        if (member.Json.ValueKind == JsonValueKind.Number && member.Json.TryGetDecimal(out decimal number))
        {
            return number;
        }

        member.Problem(string.Create(CultureInfo.InvariantCulture, $"is {RulePart.Word(member.Json.ValueKind)}; a number of at most 28 digits was expected"));
        return null;
    }

    // Without backtracking, so that no value a sender thinks up can take more than linear time.
    private static Regex? Pattern(RulePart part)
    {
        if (part.Text() is not { } text)
        {
            return null;
        }

        if (text.Length > MaxPatternLength)
        {
            part.Problem($"has {text.Length} characters; at most {MaxPatternLength} are possible");
            return null;
        }

        try
        {
            return new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException e)
        {
            part.Problem($"is no regular expression: {e.Message}");
        }
        catch (NotSupportedException)
        {
            part.Problem("needs backtracking (look-arounds, back references, atomic groups) or is too large; only expressions that take linear time are possible");
        }

        return null;
    }
}
