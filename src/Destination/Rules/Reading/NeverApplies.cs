using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>Finds what is about no event that is sent: a rule that silently does nothing is worst where it should keep something in.</summary>
internal static class NeverApplies
{
    private static readonly string[] Views = ["$page", "$screen"];
    private static readonly Utf8Text Email = Utf8Text.Of("email");

    /// <summary>What is wrong with an event's name or pattern; null when some event may be called so. With a <c>$</c> there are only the two views.</summary>
    public static string? UnknownView(NamePattern name)
    {
        if (!name.Text.StartsWith('$') || MatchesPage(name) || MatchesScreen(name))
        {
            return null;
        }

        string remedy = Spelling.Nearest(name.Text, Views) is { } meant ? $"did you mean \"{meant}\"?" : "with a $ there are only \"$page\" and \"$screen\"";
        return $"\"{name.Text}\" is no event; {remedy}";
    }

    /// <summary>The switch because of which no event of that name or pattern is sent, by the name it comes in with; null when one may be.</summary>
    public static string? NotSentBecause(NamePattern name, DestinationRules rules)
    {
        if ((MatchesPage(name) && rules.Pages) || (MatchesScreen(name) && rules.Screens))
        {
            return null;
        }

        return name.Text.StartsWith('$') ? MatchesPage(name) ? "\"pages\": false" : MatchesScreen(name) ? "\"screens\": false" : null
            : rules.DisabledEvents?.Covers(new NameSet([name])) == true ? "events.disabled"
            : rules.EnabledEvents is null || rules.EnabledEvents.All.Any(name.Overlaps) ? null
            : "events.enabled";
    }

    /// <summary>Adds what it finds in a transformation to the problems.</summary>
    public static void Find(Transformation step, DestinationRules rules, List<Problem> problems)
    {
        IReadOnlyList<NamePattern> names = step.Scope.Names?.All ?? [];
        for (int i = 0; i < names.Count; i++)
        {
            if (NotSentBecause(names[i], rules) is { } reason)
            {
                problems.Add(new Problem($"{step.Path}.on[{i}]", $"\"{names[i].Text}\" is not sent because of {reason}, so this never applies"));
            }
        }

        (EventKind Kind, EventSources Source)[] all = [.. Kinds(step, rules).SelectMany(kind => Sources(rules), (kind, source) => (kind, source))];
        if (step.When is { } when && all.Length > 0 && !Array.Exists(all, one => Possible(when, one.Kind, one.Source).Holds))
        {
            problems.Add(new Problem($"{step.Path}.when", "never holds for what \"on\" names and what is sent, so this never applies"));
        }
    }

    private static bool MatchesPage(NamePattern name) => name.Matches(RuleScope.PageName.Span);

    private static bool MatchesScreen(NamePattern name) => name.Matches(RuleScope.ScreenName.Span);

    private static IEnumerable<EventKind> Kinds(Transformation step, DestinationRules rules)
    {
        RuleScope scope = step.Scope;

        // The transformations for users are asked about the e-mail of an event's person too.
        bool forEmail = scope.Users && (step.Operation.Reads.Any(path => path.Head.Equals(Email)) || step.Operation.Makes?.Head.Equals(Email) == true);
        if (scope.Users)
        {
            yield return EventKind.Identify;
            if (rules.Groups)
            {
                yield return EventKind.Group;
            }
        }

        if (forEmail || (scope.Events && (scope.Names is null || scope.Names.All.Any(name => !name.Text.StartsWith('$')))))
        {
            yield return EventKind.Track;
        }

        if (rules.Pages && (forEmail || scope.Includes(RuleScope.PageName)))
        {
            yield return EventKind.Page;
        }

        if (rules.Screens && (forEmail || scope.Includes(RuleScope.ScreenName)))
        {
            yield return EventKind.Screen;
        }
    }

    private static IEnumerable<EventSources> Sources(DestinationRules rules) =>
        new[] { EventSources.Web, EventSources.Mobile, EventSources.Server }.Where(source => (rules.Sources & source) != EventSources.None);

    // Whether a condition may hold and may fail for events of a kind and source, as far as that can be told without an event.
    private static (bool Holds, bool Fails) Possible(Condition condition, EventKind kind, EventSources source)
    {
        switch (condition)
        {
            case Condition.OfKind ofKind:
                return (ofKind.Kinds.Contains(kind), !ofKind.Kinds.Contains(kind));
            case Condition.FromSource from:
                return ((from.Sources & source) != EventSources.None, (from.Sources & source) == EventSources.None);
            case Condition.All all:
                return (all.Conditions.All(one => Possible(one, kind, source).Holds), all.Conditions.Any(one => Possible(one, kind, source).Fails));
            case Condition.Any any:
                return (any.Conditions.Any(one => Possible(one, kind, source).Holds), any.Conditions.All(one => Possible(one, kind, source).Fails));
            case Condition.Not not:
                (bool holds, bool fails) = Possible(not.Condition, kind, source);
                return (fails, holds);
            default:
                return (true, true);
        }
    }
}
