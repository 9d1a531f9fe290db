using CustomerIoDestination.Model;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Which rules are in force, and what is wrong with the file since.</summary>
/// <param name="Path">The file; null when there is none.</param>
/// <param name="LoadedAt">Since when these rules are in force.</param>
/// <param name="Problems">Why the file as it is now is not in force; empty when it is.</param>
public sealed record RulesStatus(string? Path, DateTimeOffset LoadedAt, IReadOnlyList<Problem> Problems)
{
    /// <summary>What the rules in force allow, but was probably not meant.</summary>
    public IReadOnlyList<Problem> Warnings { get; init; } = [];
}
