using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules;

/// <summary>What the rules left of an event.</summary>
/// <param name="Event">The event to be mapped.</param>
/// <param name="Skip">That a rule took it out; null when none did.</param>
/// <param name="Email">The person's e-mail, when the rules have a say in it; null when the event itself tells.</param>
/// <param name="Warnings">What transformations could not look into, and what privacy mode left out; null for nothing.</param>
internal readonly record struct RuledEvent(FreshpaintEvent Event, Skip? Skip, RuledEmail? Email, IReadOnlyList<MappingWarning>? Warnings);

/// <summary>The e-mail the rules left to name the person by.</summary>
/// <param name="Address">The e-mail; null for none.</param>
/// <param name="MayBeAttribute">Whether it may be told as attribute too.</param>
internal sealed record RuledEmail(Utf8Text? Address, bool MayBeAttribute);

/// <summary>That an event is not sent on purpose, and which rule says so.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Rule">Where the rule stands in the file, for instance <c>events.enabled</c>; null when it is none of the file's.</param>
/// <param name="RuleName">The name the rule's author gave it; null for none.</param>
internal readonly record struct Skip(SkipReason Reason, string? Rule, string? RuleName = null);
