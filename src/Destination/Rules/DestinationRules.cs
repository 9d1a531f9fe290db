using System.Collections.Frozen;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Privacy;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules;

/// <summary>
/// What a marketer decides about the destination, read from <c>destination.json</c> and checked as a whole: which events are sent, how they are changed
/// on the way, and what must not leave. Immutable.
/// </summary>
public sealed class DestinationRules
{
    internal DestinationRules()
    {
    }

    /// <summary>The rules without a file: everything is sent, nothing is changed.</summary>
    public static DestinationRules None { get; } = new();

    /// <summary>Whether facts about people are sent.</summary>
    public bool Identify { get; internal init; } = true;

    /// <summary>Whether page views are sent.</summary>
    public bool Pages { get; internal init; } = true;

    /// <summary>Whether screen views are sent.</summary>
    public bool Screens { get; internal init; } = true;

    /// <summary>Whether groups are sent, and whether an identify relates its person to an object.</summary>
    public bool Groups { get; internal init; } = true;

    /// <summary>Whether aliases merge people, which can't be undone.</summary>
    public bool Aliases { get; internal init; }

    /// <summary>Whether events of people nobody knows yet are sent; off, identifies carry no <c>anonymous_id</c> either.</summary>
    public bool Anonymous { get; internal init; } = true;

    /// <summary>Whether event data may hold <c>recipient</c>, <c>from_address</c> and <c>reply_to</c>, which redirect messages.</summary>
    public bool AllowMessageOverrides { get; internal init; }

    /// <summary>How many transformations there are.</summary>
    public int TransformationCount { get; internal init; }

    /// <summary>Whether privacy mode is on: only what the allow list names leaves.</summary>
    public bool IsPrivate => Privacy is not null;

    /// <summary>The tracks that are sent; null for all.</summary>
    internal NameSet? EnabledEvents { get; init; }

    /// <summary>The tracks that are never sent, whatever <see cref="EnabledEvents"/> says; null for none.</summary>
    internal NameSet? DisabledEvents { get; init; }

    /// <summary>The tracks that mean more than that something happened.</summary>
    internal EventRoles Roles { get; init; } = EventRoles.None;

    /// <summary>Where the events may come from that delete and suppress people.</summary>
    internal EventSources LifecycleSources { get; init; } = EventSources.All;

    /// <summary>Where events may come from.</summary>
    internal EventSources Sources { get; init; } = EventSources.All;

    /// <summary>The transformations.</summary>
    internal RulePlans Plans { get; init; } = new([]);

    /// <summary>The allow list; null when privacy mode is off.</summary>
    internal PrivacyAllowList? Privacy { get; init; }
}

/// <summary>The plan for each event's name, and the one for facts about people and their groups.</summary>
internal sealed class RulePlans
{
    private readonly NameCache<RulePlan> _byEvent;
    private readonly bool _anyForEvents;

    /// <summary>Plans for these transformations.</summary>
    public RulePlans(IReadOnlyList<Transformation> transformations)
    {
        _anyForEvents = transformations.Any(step => step.Scope.Events);
        _byEvent = new NameCache<RulePlan>(name => PlanOf(transformations.Where(step => step.Scope.Includes(name))));
        Users = PlanOf(transformations.Where(step => step.Scope.Users));
        Page = _byEvent[RuleScope.PageName];
        Screen = _byEvent[RuleScope.ScreenName];
    }

    /// <summary>For facts about people and their groups.</summary>
    public RulePlan Users { get; }

    private RulePlan Page { get; }

    private RulePlan Screen { get; }

    public RulePlan For(FreshpaintEvent source) => source switch
    {
        FreshpaintEvent.Identify or FreshpaintEvent.Group => Users,
        FreshpaintEvent.Track track when _anyForEvents => _byEvent[track.Name],
        FreshpaintEvent.Page => Page,
        FreshpaintEvent.Screen => Screen,
        _ => RulePlan.Empty,
    };

    private static RulePlan PlanOf(IEnumerable<Transformation> steps) => steps.ToArray() is { Length: > 0 } some ? new RulePlan(some) : RulePlan.Empty;
}

/// <summary>What a track means beyond that something happened: the rules say so by its name.</summary>
internal enum EventRole
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The person is deleted (<c>lifecycle.delete</c>).</summary>
    DeletePerson,

    /// <summary>The person is deleted and kept out (<c>lifecycle.suppress</c>).</summary>
    SuppressPerson,

    /// <summary>The person may come back (<c>lifecycle.unsuppress</c>).</summary>
    UnsuppressPerson,

    /// <summary>It tells facts about an object (<c>objects.update</c>).</summary>
    UpdateObject,

    /// <summary>An object is deleted (<c>objects.delete</c>).</summary>
    DeleteObject,

    /// <summary>A device of the person takes messages (<c>devices.add</c>).</summary>
    AddDevice,

    /// <summary>A device of the person takes no more messages (<c>devices.remove</c>).</summary>
    RemoveDevice,
}

/// <summary>The tracks with a role, by the names they come in with.</summary>
/// <param name="roles">Each name and its role; no name twice.</param>
internal sealed class EventRoles(IEnumerable<KeyValuePair<NamePattern, EventRole>> roles)
{
    private readonly FrozenDictionary<Utf8Text, EventRole> _byName =
        roles.ToFrozenDictionary(entry => Utf8Text.Of(entry.Key.Text), entry => entry.Value, Utf8NameComparer.Instance);

    /// <summary>No track has one.</summary>
    public static EventRoles None { get; } = new([]);

    /// <summary>The role of a track by its incoming name.</summary>
    public EventRole Of(Utf8Text name) => _byName.Count == 0 ? EventRole.None : _byName.GetValueOrDefault(NamePattern.Trim(name));
}

/// <summary>
/// Whether an event is meant to be sent at all. Asked at ingest, so that nothing unwanted is ever stored, and again at delivery, because
/// the answer may have changed while the event waited.
/// </summary>
internal static class EventAdmission
{
    /// <summary>Why the event is skipped; null when it is to be delivered.</summary>
    public static Skip? Decide(FreshpaintEvent source, DestinationRules rules, MappingSettings settings) =>
        source is FreshpaintEvent.Unsupported ? new Skip(SkipReason.UnsupportedType, null)
        : Integrations.Read(source.Head.Integrations) == IntegrationChoice.OptedOut ? new Skip(SkipReason.OptedOut, null)
        : DisabledBy(source, rules, settings) is { } rule ? new Skip(SkipReason.NotEnabled, rule)
        : null;

    private static string? DisabledBy(FreshpaintEvent source, DestinationRules rules, MappingSettings settings)
    {
        string? byKind = source switch
        {
            FreshpaintEvent.Identify { Head.FromBrowser: true } when settings.BrowserIdentify == BrowserIdentifyChoice.Off => "Ingest__BrowserIdentify",
            FreshpaintEvent.Identify => rules.Identify ? null : "identify",
            FreshpaintEvent.Page => rules.Pages ? null : "pages",
            FreshpaintEvent.Screen => rules.Screens ? null : "screens",
            FreshpaintEvent.Group => rules.Groups ? null : "groups",
            FreshpaintEvent.Alias => rules.Aliases ? null : "aliases",
            FreshpaintEvent.Track track => rules.DisabledEvents?.Matches(track.Name) == true ? "events.disabled"
                : rules.EnabledEvents?.Matches(track.Name) == false ? "events.enabled"
                : null,
            _ => null,
        };
        return byKind ?? DisabledBySource(source.Head, rules.Sources)
            ?? (rules.Anonymous || !IsOfAPerson(source, rules) || !Identity.IsAnonymous(source, settings) ? null : "anonymous");
    }

    // An identify, group or alias of a device only has an end of its own, and an event about an object is nobody's.
    private static bool IsOfAPerson(FreshpaintEvent source, DestinationRules rules) => source switch
    {
        FreshpaintEvent.Identify or FreshpaintEvent.Group or FreshpaintEvent.Alias => false,
        FreshpaintEvent.Track track => rules.Roles.Of(track.Name) is not (EventRole.UpdateObject or EventRole.DeleteObject),
        _ => true,
    };

    private static string? DisabledBySource(EventHead head, EventSources enabled) =>
        enabled == EventSources.All || (EventSource.Of(head) & enabled) != EventSources.None ? null : $"sources.{EventSource.NameOf(EventSource.Of(head))}";
}
