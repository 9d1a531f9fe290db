using System.Collections.Frozen;
using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// The transformations that are about one event's name, worked out once. Which of them find something to do in an event is looked up by the names of its
/// properties, so that the many that don't cost nothing.
/// </summary>
internal sealed class RulePlan
{
    private static readonly Utf8Text Email = Utf8Text.Of("email");

    private readonly FrozenDictionary<Utf8Text, int[]> _byProperty;
    private readonly ulong[] _always;

    /// <summary>Works the plan out.</summary>
    public RulePlan(IReadOnlyList<Transformation> steps)
    {
        Steps = steps;
        Words = (steps.Count + 63) / 64;
        _always = new ulong[Words];
        var made = new HashSet<Utf8Text>();
        var byProperty = new Dictionary<Utf8Text, List<int>>();
        for (int i = 0; i < steps.Count; i++)
        {
            Operation operation = steps[i].Operation;
            foreach (PropertyPath path in operation.Reads)
            {
                if (!byProperty.TryGetValue(path.Head, out List<int>? indexes))
                {
                    byProperty[path.Head] = indexes = [];
                }

                indexes.Add(i);
            }

            // A property that an earlier transformation makes can't be found in the event as it came.
            if (operation.Reads.Count == 0 || operation.Reads.Any(path => made.Contains(path.Head)))
            {
                _always[i >> 6] |= 1UL << i;
            }

            if (operation.Makes is { } makes)
            {
                made.Add(makes.Head);
            }
        }

        _byProperty = byProperty.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.Distinct().ToArray(), Utf8NameComparer.Instance);
        TouchesEmail = steps.Any(step =>
            step.Operation.Reads.Any(path => path.Head.Equals(Email)) || (step.Operation.Makes is { } makes && makes.Head.Equals(Email)));
    }

    /// <summary>A plan of nothing.</summary>
    public static RulePlan Empty { get; } = new([]);

    /// <summary>The transformations, in order.</summary>
    public IReadOnlyList<Transformation> Steps { get; }

    /// <summary>How many words of 64 bits mark the steps.</summary>
    public int Words { get; }

    /// <summary>Whether any of them works on <c>email</c>.</summary>
    public bool TouchesEmail { get; }

    /// <summary>Marks the steps that may find something to do.</summary>
    public void Find(RuleSubject subject, Span<ulong> marks)
    {
        _always.CopyTo(marks);
        if (_byProperty.Count == 0)
        {
            return;
        }

        foreach (Property property in subject.Given)
        {
            Mark(property.Name, marks);
        }

        foreach (EditableMember hidden in subject.Hidden.Members)
        {
            Mark(hidden.Name, marks);
        }
    }

    private void Mark(Utf8Text name, Span<ulong> marks)
    {
        if (_byProperty.TryGetValue(name, out int[]? steps))
        {
            foreach (int step in steps)
            {
                marks[step >> 6] |= 1UL << step;
            }
        }
    }
}

/// <summary>One entry of <c>transformations</c>.</summary>
/// <param name="Path">Where it stands, for instance <c>transformations[2]</c>.</param>
/// <param name="Name">The name its author gave it; null for none.</param>
/// <param name="Scope">What it applies to.</param>
/// <param name="Operation">What it does.</param>
/// <param name="When">The condition; null for always.</param>
internal sealed record Transformation(string Path, string? Name, RuleScope Scope, Operation Operation, Condition? When)
{
    /// <summary>The paths of its operation that lead into a property.</summary>
    public IReadOnlyList<PropertyPath> Enters { get; } = Nested(Operation.Makes is { } makes ? [.. Operation.Reads, makes] : Operation.Reads);

    /// <summary>The paths of its condition that lead into a property.</summary>
    public IReadOnlyList<PropertyPath> AsksInside { get; } = Nested(When?.Paths ?? []);

    private static PropertyPath[] Nested(IEnumerable<PropertyPath> paths) => [.. paths.Where(path => path.Segments.Length > 1).DistinctBy(path => path.Text)];
}

/// <summary>
/// What a transformation applies to: events (tracks, pages and screens), all or those named; the facts about people; or both. Names are those
/// the events come in with, whatever they are renamed to; a page view is called <c>$page</c>, a screen view <c>$screen</c>.
/// </summary>
/// <param name="Events">Whether it applies to events.</param>
/// <param name="Users">Whether it applies to facts about people.</param>
/// <param name="Names">The events' names; null for all events.</param>
internal sealed record RuleScope(bool Events, bool Users, NameSet? Names)
{
    /// <summary>What a page view is called in a scope.</summary>
    public static Utf8Text PageName { get; } = Utf8Text.Of("$page");

    /// <summary>What a screen view is called in a scope.</summary>
    public static Utf8Text ScreenName { get; } = Utf8Text.Of("$screen");

    /// <summary>Whether it applies to events of that name.</summary>
    public bool Includes(Utf8Text eventName) => Events && (Names is null || Names.Matches(eventName));

    /// <summary>Whether some event or fact is in both.</summary>
    public bool Overlaps(RuleScope other) =>
        (Users && other.Users)
        || (Events && other.Events && (Names is null || other.Names is null || Names.Overlaps(other.Names)));

    /// <summary>Whether all of the other is in this one, as far as the patterns tell.</summary>
    public bool Covers(RuleScope other) =>
        (!other.Users || Users)
        && (!other.Events || (Events && (Names is null || (other.Names is not null && Names.Covers(other.Names)))));
}
