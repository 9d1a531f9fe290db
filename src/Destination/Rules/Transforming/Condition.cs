using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

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

/// <summary>What a condition asks of a property's value. A missing value passes none.</summary>
internal abstract record ValueTest
{
    private ValueTest()
    {
    }

    /// <summary>Whether the value passes.</summary>
    public abstract bool Holds(EditableValue value);

    /// <summary>It is there, and not null.</summary>
    public sealed record Exists : ValueTest
    {
        /// <inheritdoc/>
        public override bool Holds(EditableValue value) => value.Kind is not (JsonKind.Missing or JsonKind.Null);
    }

    /// <summary>It is one of these: text byte by byte, numbers by their value.</summary>
    public sealed record OneOf(IReadOnlyList<EditableValue> Values) : ValueTest
    {
        /// <inheritdoc/>
        public override bool Holds(EditableValue value) => Values.Any(candidate => AreEqual(candidate, value));

        private static bool AreEqual(EditableValue x, EditableValue y) =>
            x.Kind == y.Kind && x.Kind switch
            {
                JsonKind.String => x.TryGetText(out Utf8Text a) & y.TryGetText(out Utf8Text b) && a.Equals(b),
                JsonKind.Number => x.Digits.SequenceEqual(y.Digits) || (TryNumber(x, out decimal a) && TryNumber(y, out decimal b) && a == b),
                _ => true,
            };
    }

    /// <summary>It is a text, or a number's digits, in which the pattern is found.</summary>
    public sealed record Matches(Regex Pattern) : ValueTest
    {
        /// <inheritdoc/>
        public override bool Holds(EditableValue value)
        {
            ReadOnlySpan<byte> text = value.TryGetText(out Utf8Text unescaped) ? unescaped.Span : value.Digits;
            if (text.IsEmpty && value.Kind != JsonKind.String)
            {
                return false;
            }

            char[] characters = ArrayPool<char>.Shared.Rent(text.Length);
            int length = Encoding.UTF8.GetChars(text, characters);
            bool found = Pattern.IsMatch(characters.AsSpan(0, length));
            ArrayPool<char>.Shared.Return(characters, clearArray: true);
            return found;
        }
    }

    /// <summary>It is a number, or a text that reads as one, within bounds.</summary>
    public sealed record Within(decimal? GreaterThan, decimal? AtLeast, decimal? LessThan, decimal? AtMost) : ValueTest
    {
        /// <inheritdoc/>
        public override bool Holds(EditableValue value) =>
            TryNumber(value, out decimal number)
            && !(number <= GreaterThan) && !(number < AtLeast) && !(number >= LessThan) && !(number > AtMost);
    }

    private static bool TryNumber(EditableValue value, out decimal number)
    {
        number = 0;
        ReadOnlySpan<byte> digits = value.TryGetText(out Utf8Text text) ? text.Span : value.Digits;
        return !digits.IsEmpty && decimal.TryParse(digits, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number);
    }
}
