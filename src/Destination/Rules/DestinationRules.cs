using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Rules.Privacy;
using CustomerIoDestination.Rules.Transforming;

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
