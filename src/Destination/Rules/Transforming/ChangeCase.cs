using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>Upper or lower case of text, the same in every country; anything but text stays.</summary>
internal sealed class ChangeCase(bool upper) : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        edited = default;
        if (!value.TryGetText(out Utf8Text text))
        {
            return false;
        }

        string given = text.ToString();
        string changed = upper ? given.ToUpperInvariant() : given.ToLowerInvariant();
        edited = EditableValue.Text(Encoding.UTF8.GetBytes(changed));
        return changed != given;
    }
}
