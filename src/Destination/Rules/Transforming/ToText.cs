using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>Freshpaint's conversion to text: null and text stay; numbers and booleans become text as written, objects and arrays their JSON.</summary>
internal sealed class ToText : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        bool converts = value.Kind is not (JsonKind.Missing or JsonKind.Null or JsonKind.String);
        edited = converts ? EditableValue.Text(value.ToJson()) : default;
        return converts;
    }
}
