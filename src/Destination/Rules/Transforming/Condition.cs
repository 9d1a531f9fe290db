using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>When a transformation applies (<c>when</c> in the rules). Looks at the event as the transformations before it left it.</summary>
internal abstract record Condition
{
    private Condition()
    {
    }

    /// <summary>The properties it looks at.</summary>
    public virtual IEnumerable<PropertyPath> Paths => [];

    /// <summary>Whether it holds.</summary>
    public abstract bool Holds(RuleRun run);

    /// <summary>A property, or any of the array elements its path names, passes a test.</summary>
    public sealed record OfProperty(PropertyPath Path, ValueTest Test) : Condition
    {
        /// <inheritdoc/>
        public override IEnumerable<PropertyPath> Paths => [Path];

        /// <inheritdoc/>
        public override bool Holds(RuleRun run) => Passes(run.Subject.Member(Path.Head), (Left: Path.Segments.AsMemory(1), Test));

        private static bool Passes(EditableValue value, (ReadOnlyMemory<PathSegment> Left, ValueTest Test) way)
        {
            if (way.Left.IsEmpty)
            {
                return way.Test.Holds(value);
            }

            PathSegment segment = way.Left.Span[0];
            way.Left = way.Left[1..];
            return segment.IsEach ? value.AnyElement(way, Passes) : Passes(value.Member(segment.Name), way);
        }
    }

    /// <summary>The event is of one of these kinds.</summary>
    public sealed record OfKind(IReadOnlyList<EventKind> Kinds) : Condition
    {
        /// <inheritdoc/>
        public override bool Holds(RuleRun run) => Kinds.Contains(run.Event.Kind);
    }

    /// <summary>It happened on a page with a path that is one of these, in the form of <see cref="PagePath.Normal"/>.</summary>
    public sealed record OnPage(NameSet Patterns) : Condition
    {
        /// <inheritdoc/>
        public override bool Holds(RuleRun run) => PagePath.Matches(run.Event, Patterns);
    }

    /// <summary>It comes from one of these sources.</summary>
    public sealed record FromSource(EventSources Sources) : Condition
    {
        /// <inheritdoc/>
        public override bool Holds(RuleRun run) => (EventSource.Of(run.Event.Head) & Sources) != EventSources.None;
    }

    /// <summary>All of them hold.</summary>
    public sealed record All(IReadOnlyList<Condition> Conditions) : Condition
    {
        /// <inheritdoc/>
        public override IEnumerable<PropertyPath> Paths => Conditions.SelectMany(condition => condition.Paths);

        /// <inheritdoc/>
        public override bool Holds(RuleRun run) => Conditions.All(condition => condition.Holds(run));
    }

    /// <summary>At least one of them holds.</summary>
    public sealed record Any(IReadOnlyList<Condition> Conditions) : Condition
    {
        /// <inheritdoc/>
        public override IEnumerable<PropertyPath> Paths => Conditions.SelectMany(condition => condition.Paths);

        /// <inheritdoc/>
        public override bool Holds(RuleRun run) => Conditions.Any(condition => condition.Holds(run));
    }

    /// <summary>It does not hold.</summary>
    public sealed record Not(Condition Condition) : Condition
    {
        /// <inheritdoc/>
        public override IEnumerable<PropertyPath> Paths => Condition.Paths;

        /// <inheritdoc/>
        public override bool Holds(RuleRun run) => !Condition.Holds(run);
    }
}
