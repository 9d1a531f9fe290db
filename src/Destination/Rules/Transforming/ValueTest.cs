using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

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
