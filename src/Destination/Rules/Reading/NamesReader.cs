using CustomerIoDestination.Rules.Naming;

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
