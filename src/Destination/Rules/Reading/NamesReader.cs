using System.Diagnostics;
using System.Text.Json;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Reads lists of names.</summary>
internal static class NamesReader
{
    /// <summary>Names and patterns; others are reported.</summary>
    /// <param name="parts">Where they stand.</param>
    /// <param name="check">What is wrong with one; null when nothing is.</param>
    public static IReadOnlyList<NamePattern> Patterns(IEnumerable<RulePart> parts, Func<NamePattern, string?> check)
    {
        var patterns = new List<NamePattern>();
        foreach (RulePart part in parts)
        {
            if (part.Text() is not { } text)
            {
                continue;
            }

            NamePattern pattern = NamePattern.Of(text);
            if (check(pattern) is { } problem)
            {
                part.Problem(problem);
            }

            patterns.Add(pattern);
        }

        return patterns;
    }

    /// <summary>A path; null, and reported, when it is none.</summary>
    public static PropertyPath? Path(RulePart part)
    {
        if (part.Text() is not { } text)
        {
            return null;
        }

        PropertyPath? path = PropertyPath.Parse(text, out string? problem);
        if (path is null)
        {
            part.Problem(problem!);
        }

        return path;
    }

    /// <summary>A path to a property, not to the elements of an array; null, and reported, when it is none.</summary>
    public static PropertyPath? Property(RulePart part)
    {
        PropertyPath? path = Path(part);
        if (path is { EndsInEach: true })
        {
            part.Problem("ends in [*]; the name of a property was expected at the end");
            return null;
        }

        return path;
    }
}

/// <summary>Reads <c>on</c>: what a transformation applies to.</summary>
internal static class ScopeReader
{
    private const string Meaning = "what it applies to: \"events\", \"users\", \"all\", or a list of event names";

    /// <summary>Reads a scope; null, and reported, when it is none.</summary>
    public static RuleScope? Read(RulePart part)
    {
        if (part.Required("on", Meaning) is not { } on)
        {
            return null;
        }

        if (on.Json.ValueKind == JsonValueKind.Array)
        {
            return Named(on);
        }

        switch (on.Text())
        {
            case "events":
                return new RuleScope(Events: true, Users: false, null);
            case "users":
                return new RuleScope(Events: false, Users: true, null);
            case "all":
                return new RuleScope(Events: true, Users: true, null);
            case null:
                return null;
            default:
                on.Problem("is none of \"events\", \"users\", \"all\"; one event is a list too: [\"Order Completed\"]");
                return null;
        }
    }

    private static RuleScope? Named(RulePart on)
    {
        IReadOnlyList<NamePattern> names = NamesReader.Patterns(on.Elements(), NeverApplies.UnknownView);
        if (names.Count == 0)
        {
            on.Problem("names no event; for all events write \"events\"");
            return null;
        }

        return new RuleScope(Events: true, Users: false, new NameSet(names));
    }
}

/// <summary>Takes values over from the rules' file, to live as long as the rules.</summary>
internal static class ConstantReader
{
    /// <summary>A value, without the comments that may be in it.</summary>
    public static JsonValue Read(JsonElement json)
    {
        var table = new JsonTable();
        return table.TryRead(JsonSerializer.SerializeToUtf8Bytes(json)) ? table.Root : throw new UnreachableException("A JSON element is JSON.");
    }
}
