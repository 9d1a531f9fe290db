using CustomerIoDestination.Model;

namespace CustomerIoDestination.Rules;

/// <summary>That an event is not sent on purpose, and which rule says so.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Rule">Where the rule stands in the file, for instance <c>events.enabled</c>; null when it is none of the file's.</param>
/// <param name="RuleName">The name the rule's author gave it; null for none.</param>
internal readonly record struct Skip(SkipReason Reason, string? Rule, string? RuleName = null);
