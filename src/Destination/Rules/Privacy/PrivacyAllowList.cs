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

    /// <summary>The traits.</summary>
    public AllowedNames Traits { get; }

    /// <summary>The properties of events of that name.</summary>
    public AllowedNames Of(Utf8Text eventName) => _byEvent[eventName];
}
