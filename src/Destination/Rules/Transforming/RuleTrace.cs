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

/// <summary>What a transformation changed in an event. Holds values: for previews only.</summary>
/// <param name="Rule">Where it stands in the rules, for instance <c>transformations[2]</c>.</param>
/// <param name="Name">The name its author gave it; null for none.</param>
/// <param name="Operation">What it does, for instance <c>renameProperty</c>.</param>
/// <param name="Field">The property's path, or <c>event</c> for the event itself.</param>
/// <param name="Before">The JSON (UTF-8) before; null when it was not there.</param>
/// <param name="After">The JSON (UTF-8) after; null when it is gone.</param>
public sealed record AppliedTransformation(string Rule, string? Name, string Operation, string Field, ReadOnlyMemory<byte>? Before, ReadOnlyMemory<byte>? After)
{
    /// <summary>Whether both tell the same.</summary>
    internal bool IsSameAs(AppliedTransformation other) =>
        Rule == other.Rule && Field == other.Field && Same(Before, other.Before) && Same(After, other.After);

    private static bool Same(ReadOnlyMemory<byte>? x, ReadOnlyMemory<byte>? y) =>
        x.HasValue == y.HasValue && x.GetValueOrDefault().Span.SequenceEqual(y.GetValueOrDefault().Span);
}
