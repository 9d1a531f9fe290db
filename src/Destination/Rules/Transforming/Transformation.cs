using CustomerIoDestination.Rules.Naming;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>One entry of <c>transformations</c>.</summary>
/// <param name="Path">Where it stands, for instance <c>transformations[2]</c>.</param>
/// <param name="Name">The name its author gave it; null for none.</param>
/// <param name="Scope">What it applies to.</param>
/// <param name="Operation">What it does.</param>
/// <param name="When">The condition; null for always.</param>
internal sealed record Transformation(string Path, string? Name, RuleScope Scope, Operation Operation, Condition? When)
{
    /// <summary>The paths of its operation that lead into a property.</summary>
    public IReadOnlyList<PropertyPath> Enters { get; } = Nested(Operation.Makes is { } makes ? [.. Operation.Reads, makes] : Operation.Reads);

    /// <summary>The paths of its condition that lead into a property.</summary>
    public IReadOnlyList<PropertyPath> AsksInside { get; } = Nested(When?.Paths ?? []);

    private static PropertyPath[] Nested(IEnumerable<PropertyPath> paths) => [.. paths.Where(path => path.Segments.Length > 1).DistinctBy(path => path.Text)];
}
