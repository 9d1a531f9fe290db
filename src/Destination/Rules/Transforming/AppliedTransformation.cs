namespace CustomerIoDestination.Rules.Transforming;

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
