namespace CustomerIoDestination.Rules.Transforming;

/// <summary>Notes, for a preview only, what each transformation changed.</summary>
internal sealed class RuleTrace
{
    private readonly List<AppliedTransformation> _applied = [];

    /// <summary>What was changed, in order.</summary>
    public IReadOnlyList<AppliedTransformation> Applied => _applied;

    /// <summary>A transformation changed something.</summary>
    public void Changed(Transformation step, string field, EditableValue before, EditableValue after)
    {
        var applied = new AppliedTransformation(step.Path, step.Name, step.Operation.Code, field, Json(before), Json(after));

        // A hidden fact changes together with the property of its name.
        if (_applied is not [.., var last] || !last.IsSameAs(applied))
        {
            _applied.Add(applied);
        }
    }

    private static ReadOnlyMemory<byte>? Json(EditableValue value) => value.IsPresent ? value.ToJson() : default(ReadOnlyMemory<byte>?);
}
