using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// What a transformation applies to: events (tracks, pages and screens), all or those named; the facts about people; or both. Names are those
/// the events come in with, whatever they are renamed to; a page view is called <c>$page</c>, a screen view <c>$screen</c>.
/// </summary>
/// <param name="Events">Whether it applies to events.</param>
/// <param name="Users">Whether it applies to facts about people.</param>
/// <param name="Names">The events' names; null for all events.</param>
internal sealed record RuleScope(bool Events, bool Users, NameSet? Names)
{
    /// <summary>What a page view is called in a scope.</summary>
    public static Utf8Text PageName { get; } = Utf8Text.Of("$page");

    /// <summary>What a screen view is called in a scope.</summary>
    public static Utf8Text ScreenName { get; } = Utf8Text.Of("$screen");

    /// <summary>Whether it applies to events of that name.</summary>
    public bool Includes(Utf8Text eventName) => Events && (Names is null || Names.Matches(eventName));

    /// <summary>Whether some event or fact is in both.</summary>
    public bool Overlaps(RuleScope other) =>
        (Users && other.Users)
        || (Events && other.Events && (Names is null || other.Names is null || Names.Overlaps(other.Names)));

    /// <summary>Whether all of the other is in this one, as far as the patterns tell.</summary>
    public bool Covers(RuleScope other) =>
        (!other.Users || Users)
        && (!other.Events || (Events && (Names is null || (other.Names is not null && Names.Covers(other.Names)))));
}
