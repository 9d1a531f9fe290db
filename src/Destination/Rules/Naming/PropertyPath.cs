using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Naming;

/// <summary>One step of a <see cref="PropertyPath"/>.</summary>
/// <param name="Name">The member's name; empty for <see cref="IsEach"/>.</param>
/// <param name="IsEach">Whether it is <c>[*]</c>, every element of an array.</param>
internal readonly record struct PathSegment(Utf8Text Name, bool IsEach);

/// <summary>
/// Where a property is: <c>total</c>, nested <c>cart.total</c>, in every element of an array <c>items[*].sku</c>. A backslash takes the meaning from
/// the character after it, for names with dots: <c>utm\.source</c>.
/// </summary>
internal sealed class PropertyPath
{
    /// <summary>The most steps: more than any event worth sending nests.</summary>
    public const int MaxSegments = 8;

    private PropertyPath(string text, PathSegment[] segments)
    {
        Text = text;
        Segments = segments;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>At least one; the first is a name.</summary>
    public PathSegment[] Segments { get; }

    /// <summary>The name of the property itself.</summary>
    public Utf8Text Head => Segments[0].Name;

    /// <summary>Whether it ends in <c>[*]</c>.</summary>
    public bool EndsInEach => Segments[^1].IsEach;

    /// <summary>How many segments there are up to the last <c>[*]</c>; 0 when there is none.</summary>
    public int ArrayPart => Array.FindLastIndex(Segments, segment => segment.IsEach) + 1;

    /// <summary>Whether what is at the other path is here too or inside it.</summary>
    public bool Contains(PropertyPath other) =>
        Segments.Length <= other.Segments.Length && Segments.AsSpan().SequenceEqual(other.Segments.AsSpan(0, Segments.Length));

    /// <summary>Reads a path.</summary>
    /// <param name="text">The path.</param>
    /// <param name="problem">What is wrong with it; null when it is good.</param>
    public static PropertyPath? Parse(string text, out string? problem)
    {
        var segments = new List<PathSegment>();
        int position = 0;
        do
        {
            string? name = ReadName(text, ref position, out problem);
            if (name is null)
            {
                return null;
            }

            segments.Add(new PathSegment(Utf8Text.Of(name), false));
            while (text.AsSpan(position).StartsWith("[*]"))
            {
                segments.Add(new PathSegment(default, true));
                position += 3;
            }

            if (position < text.Length && text[position] != '.')
            {
                problem = "is no path: after [*] comes a dot or the end";
                return null;
            }
        }
        while (position++ < text.Length);

        problem = segments.Count > MaxSegments ? $"has {segments.Count} steps; at most {MaxSegments} are possible" : null;
        return problem is null ? new PropertyPath(text, [.. segments]) : null;
    }

    private static string? ReadName(string text, ref int position, out string? problem)
    {
        var name = new StringBuilder();
        problem = null;
        for (; position < text.Length && text[position] is not ('.' or '['); position++)
        {
            if (text[position] == '\\' && ++position == text.Length)
            {
                problem = "ends in a backslash; a backslash takes the meaning from the character after it";
                return null;
            }

            name.Append(text[position]);
        }

        if (position < text.Length && text[position] == '[' && !text.AsSpan(position).StartsWith("[*]"))
        {
            problem = "has a [ that is not [*], every element of an array; for a name with a bracket write \\[";
            return null;
        }

        if (name.Length == 0)
        {
            problem = "has an empty name; for a name with a dot write \\.";
        }

        return problem is null ? name.ToString() : null;
    }
}
