namespace CustomerIoDestination.Rules.Transforming;

/// <summary>Replaces one value by another.</summary>
internal abstract class ValueEdit
{
    /// <summary>The new value; false when this one is left as it is.</summary>
    public abstract bool TryEdit(EditableValue value, out EditableValue edited);
}
