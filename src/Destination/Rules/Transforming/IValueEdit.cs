namespace CustomerIoDestination.Rules.Transforming;

/// <summary>Replaces one value by another.</summary>
internal interface IValueEdit
{
    /// <summary>The new value; false when this one is left as it is.</summary>
    bool TryEdit(EditableValue value, out EditableValue edited);
}
