using System.Collections.Frozen;
using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Privacy;

/// <summary>
/// Privacy mode (<c>privacy.allow</c>): only the properties and traits it names leave. Events are named as they are sent, after the transformations; an event
/// that is not named leaves with empty data.
/// </summary>
internal sealed class PrivacyAllowList
{
    private readonly NameCache<AllowedNames> _byEvent;

    /// <summary>A list.</summary>
    /// <param name="events">Which properties events of a name may tell.</param>
    /// <param name="traits">Which traits may be told.</param>
    public PrivacyAllowList(IReadOnlyList<(NamePattern Event, IReadOnlyList<string> Properties)> events, IReadOnlyList<string> traits)
    {
        Traits = new AllowedNames(traits, optOuts: true);
        _byEvent = new NameCache<AllowedNames>(name =>
        {
            Utf8Text trimmed = NamePattern.Trim(name);
            return new AllowedNames(events.Where(entry => entry.Event.Matches(trimmed.Span)).SelectMany(entry => entry.Properties), optOuts: false);
        });
    }

    public AllowedNames Traits { get; }

    /// <summary>The properties of events of that name.</summary>
    public AllowedNames Of(Utf8Text eventName) => _byEvent[eventName];
}

/// <summary>The names that may leave.</summary>
internal sealed class AllowedNames
{
    private readonly FrozenSet<Utf8Text> _names;
    private readonly bool _optOuts;

    /// <summary>These names.</summary>
    /// <param name="names">The names.</param>
    /// <param name="optOuts">Whether subscriptions always pass: an opt-out must arrive. So do the two traits that are no data but tell Customer.io what to do with the others.</param>
    public AllowedNames(IEnumerable<string> names, bool optOuts)
    {
        _names = names.Select(Utf8Text.Of).ToFrozenSet(Utf8NameComparer.Instance);
        _optOuts = optOuts;
        BuiltIn = [.. _names.Where(name => ReservedNames.IsBuiltIn(name.Span))];
    }

    /// <summary>The built-in properties among them, which are not sent unless named.</summary>
    public IReadOnlyList<Utf8Text> BuiltIn { get; }

    /// <summary>Whether a name may leave.</summary>
    public bool Allows(Utf8Text name) => _names.Contains(name) || (_optOuts && AlwaysPasses(name.Span));

    private static bool AlwaysPasses(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("unsubscribed"u8)
        || name.SequenceEqual("cio_subscription_preferences"u8)
        || name.StartsWith("cio_subscription_preferences."u8)
        || name.SequenceEqual("_update"u8)
        || name.SequenceEqual("_timestamp"u8);
}
