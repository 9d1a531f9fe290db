using CustomerIoDestination.Rules.Naming;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Reads lists of names.</summary>
internal static class NamesReader
{
    /// <summary>Texts; others are reported.</summary>
    public static IReadOnlyList<string> Texts(IEnumerable<RulePart> parts) => [.. parts.Select(part => part.Text()).OfType<string>()];

    /// <summary>Names and patterns; others are reported.</summary>
    public static IReadOnlyList<NamePattern> Patterns(IEnumerable<RulePart> parts) => [.. Texts(parts).Select(NamePattern.Of)];

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
