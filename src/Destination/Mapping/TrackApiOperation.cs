using CustomerIoDestination.Events;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// One fact to tell Customer.io, checked against its limits, in no form yet: the v1 request and the v2 batch item are both written from
/// it, so that both carry the same facts.
/// </summary>
public abstract record TrackApiOperation
{
    private TrackApiOperation()
    {
    }

    /// <summary>A person has these attributes.</summary>
    /// <param name="Person">Who.</param>
    /// <param name="Attributes">The attributes as JSON members without the braces, minified; may be empty.</param>
    /// <param name="Relationships">Relationships to add to or remove from the person; null for none.</param>
    /// <param name="Timestamp">When the change happened, Unix seconds; null for now.</param>
    public sealed record IdentifyPerson(PersonIdentifier Person, Utf8Text Attributes, PersonRelationships? Relationships, long? Timestamp) : TrackApiOperation;

    /// <summary>Something happened: to a known person, or to an anonymous one.</summary>
    /// <param name="Subject">Who.</param>
    /// <param name="Type">A plain event, a page view or a screen view.</param>
    /// <param name="Name">The event's name; a page view's URL.</param>
    /// <param name="EventId">The ULID by which Customer.io drops repeats.</param>
    /// <param name="Timestamp">When it happened, Unix seconds.</param>
    /// <param name="Data">The event's data as a JSON object, minified.</param>
    public sealed record TrackEvent(EventSubject Subject, TrackEventType Type, Utf8Text Name, string EventId, long Timestamp, Utf8Text Data) : TrackApiOperation;
}

/// <summary>Relationships of a person to objects.</summary>
/// <param name="Remove">Whether they are removed instead of added.</param>
/// <param name="Items">The relationships as a JSON array, minified.</param>
public readonly record struct PersonRelationships(bool Remove, Utf8Text Items);

/// <summary>What kind of event Customer.io takes it for.</summary>
public enum TrackEventType
{
    /// <summary>A plain event.</summary>
    Event,

    /// <summary>A page view, named by its URL.</summary>
    Page,

    /// <summary>A screen view.</summary>
    Screen,
}

/// <summary>Whose event it is.</summary>
public abstract record EventSubject
{
    private EventSubject()
    {
    }

    /// <summary>A person's.</summary>
    public sealed record Known(PersonIdentifier Person) : EventSubject;

    /// <summary>A device's; Customer.io keeps it apart until an identify carries the same anonymous id.</summary>
    public sealed record Anonymous(Utf8Text AnonymousId) : EventSubject;
}
