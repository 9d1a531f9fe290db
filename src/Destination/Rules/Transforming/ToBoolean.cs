using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>Conversion to true or false: <c>"true"</c> and <c>"false"</c> in any case, 1 and 0 as number or text; anything else stays.</summary>
internal sealed class ToBoolean : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        ReadOnlySpan<byte> text = value.TryGetText(out Utf8Text unescaped) ? unescaped.Span : value.Digits;
        bool isTrue = text.SequenceEqual("1"u8) || Ascii.EqualsIgnoreCase(text, "true"u8);
        bool isFalse = text.SequenceEqual("0"u8) || Ascii.EqualsIgnoreCase(text, "false"u8);
        edited = EditableValue.Boolean(isTrue);
        return isTrue || isFalse;
    }
}
