using System.Diagnostics;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>From the raw JSON on the queue to what is sent: read, decide whether it is to be sent, map, check every limit. Never throws on input.</summary>
/// <param name="mapping">How events become requests.</param>
/// <param name="limits">What becomes of what is too long.</param>
/// <param name="rules">Where the rules of the moment are.</param>
public sealed class EnvelopeMapper(MappingSettings mapping, LimitSettings limits, RulesSource rules)
{
    /// <summary>Maps an event.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="scope">Where it is read and written; the result lives as long.</param>
    public MappingResult Map(EventEnvelope envelope, EventScope scope) => Map(envelope, scope, trace: null);

    /// <summary>Maps an event and notes what the rules changed.</summary>
    internal MappingResult Map(EventEnvelope envelope, EventScope scope, RuleTrace? trace)
    {
        switch (EventItem.Read(envelope.Body, scope.Table, mapping.PlaceholderIdentifiers, envelope.FromBrowser))
        {
            case EventItem.Bad bad:
                DeadLetterReason reason = bad.Code == "invalid_event" ? DeadLetterReason.InvalidEvent : DeadLetterReason.Unreadable;
                return new MappingResult.Invalid([new MappingProblem(reason, "event", bad.Message)]);
            case EventItem.Readable { Event: var source }:
                return Map(source, envelope, scope, rules.Current, trace);
            default:
                throw new UnreachableException();
        }
    }

    private MappingResult Map(FreshpaintEvent source, EventEnvelope envelope, EventScope scope, DestinationRules current, RuleTrace? trace)
    {
        var context = new MappingContext(envelope, mapping, limits, current, scope.Output) { Given = source };
        if (EventAdmission.Decide(source, current, mapping) is { } notWanted)
        {
            return context.Skipped(notWanted.Reason, notWanted.Rule);
        }

        if (Integrations.Read(source.Head.Integrations) == IntegrationChoice.Unclear)
        {
            context.Warn(WarningCode.IntegrationUnclear, "integrations", "what it says about Customer.io is neither on nor off; the event is sent");
        }

        RuledEvent ruled = RuleApplication.Apply(source, current, mapping, scope, trace);
        foreach (MappingWarning warning in ruled.Warnings ?? [])
        {
            context.Warn(warning);
        }

        if (ruled.Skip is { } filtered)
        {
            return context.Skipped(filtered.Reason, filtered.Rule, filtered.RuleName);
        }

        context.RuledEmail = ruled.Email;

        MappingResult result = EventMapper.Map(ruled.Event, context);
        result.Context = context;
        return result;
    }
}

/// <summary>What an event becomes at Customer.io (mapping.md 2): pure, one line a kind, one file a mapping.</summary>
internal static class EventMapper
{
    /// <summary>Maps an event that is to be delivered.</summary>
    public static MappingResult Map(FreshpaintEvent source, MappingContext context) => source switch
    {
        FreshpaintEvent.Identify identify => IdentifyMapping.Map(identify, context),
        FreshpaintEvent.Track track => TrackMapping.Map(track, context),
        FreshpaintEvent.Page page => PageMapping.Map(page, context),
        FreshpaintEvent.Screen screen => ScreenMapping.Map(screen, context),
        FreshpaintEvent.Group group => GroupMapping.Map(group, context),
        FreshpaintEvent.Alias alias => AliasMapping.Map(alias, context),
        FreshpaintEvent.Unsupported => context.Skipped(SkipReason.UnsupportedType),
        _ => throw new UnreachableException(),
    };
}

/// <summary>What an event maps to.</summary>
public abstract record MappingResult
{
    private MappingResult()
    {
    }

    /// <summary>What was changed or may surprise, whatever becomes of the event.</summary>
    public IReadOnlyList<MappingWarning> Warnings { get; init; } = [];

    /// <summary>What the event was mapped with; null where nobody looked whom it names, because it is not to be sent whoever it is.</summary>
    internal MappingContext? Context { get; set; }

    /// <summary>Whom the event names; null where that was not looked at.</summary>
    internal PersonNamed? Named => Context is { } context ? new PersonNamed(context.Given, context.Identity ?? default) : null;

    /// <summary>It is to be sent: these operations in turn, stopped at the first failure, all redone on a retry.</summary>
    /// <param name="Operations">At least one. They live as long as the mapping scope they were made in.</param>
    public sealed record Mapped(IReadOnlyList<TrackApiOperation> Operations) : MappingResult
    {
        /// <summary>How long after it was delivered it is to be sent once more; null for never.</summary>
        public TimeSpan? RepeatAfter { get; init; }
    }

    /// <summary>It is not meant to be sent.</summary>
    public sealed record Skipped(SkipReason Reason) : MappingResult
    {
        /// <summary>Where the rule that says so stands in the rules, for instance <c>transformations[2]</c>; null when none of them does.</summary>
        public string? Rule { get; init; }

        /// <summary>The name that rule's author gave it; null for none.</summary>
        public string? RuleName { get; init; }
    }

    /// <summary>It can't be sent as it is; nothing is.</summary>
    /// <param name="Problems">Every one, at least one; the first names the dead letter's reason.</param>
    public sealed record Invalid(IReadOnlyList<MappingProblem> Problems) : MappingResult;
}

/// <summary>One thing that makes an event undeliverable. Holds no property value.</summary>
/// <param name="Reason">The dead letter's reason.</param>
/// <param name="Field">Where, for instance <c>traits.bio</c>.</param>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Limit">The limit, where there is one.</param>
/// <param name="Actual">The actual size, where there is a limit.</param>
public sealed record MappingProblem(DeadLetterReason Reason, string Field, string Message, int? Limit = null, int? Actual = null);

/// <summary>Whom an event names. Lives as long as the scope it was mapped in.</summary>
/// <param name="Event">The event as it came in, before the rules.</param>
/// <param name="Identity">Whom the mapping sends it for.</param>
internal readonly record struct PersonNamed(FreshpaintEvent Event, Identity Identity);

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

    /// <summary>An object, or a person's relationship to one, changes. The Track API knows objects in one form only, that of v2.</summary>
    /// <param name="Entity">The entity as a JSON object, minified, at most <see cref="Model.TrackApiLimits.EntityBytes"/> bytes.</param>
    public sealed record ChangeObject(Utf8Text Entity) : TrackApiOperation;

    /// <summary>A device of a person takes messages.</summary>
    /// <param name="Person">Whose.</param>
    /// <param name="Device">Which.</param>
    public sealed record AddDevice(PersonIdentifier Person, PersonDevice Device) : TrackApiOperation;

    /// <summary>A device of a person takes no more messages.</summary>
    /// <param name="Person">Whose.</param>
    /// <param name="Token">Its push token.</param>
    public sealed record RemoveDevice(PersonIdentifier Person, Utf8Text Token) : TrackApiOperation;

    /// <summary>Two people are one. It can't be undone.</summary>
    /// <param name="Primary">Who stays.</param>
    /// <param name="Secondary">Whose data the primary takes over, and who is gone.</param>
    public sealed record MergePeople(PersonIdentifier Primary, PersonIdentifier Secondary) : TrackApiOperation;

    /// <summary>A person is erased or let in again.</summary>
    /// <param name="Person">Who.</param>
    /// <param name="Change">What becomes of the person.</param>
    public sealed record ChangeLifecycle(PersonIdentifier Person, LifecycleChange Change) : TrackApiOperation;
}

/// <summary>What becomes of a person.</summary>
public enum LifecycleChange
{
    /// <summary>The profile is deleted. Whatever is sent of the person later makes a new one.</summary>
    Delete,

    /// <summary>The profile is deleted, and Customer.io ignores whatever is sent of the person later.</summary>
    Suppress,

    /// <summary>A suppression ends.</summary>
    Unsuppress,
}

/// <summary>A device that takes push messages.</summary>
/// <param name="Token">Its push token.</param>
/// <param name="IsApple">Whether its platform is <c>ios</c>; else it is <c>android</c>.</param>
/// <param name="LastUsed">When it was used last, Unix seconds.</param>
/// <param name="AppVersion">The version of the app on it; null when unknown.</param>
public readonly record struct PersonDevice(Utf8Text Token, bool IsApple, long LastUsed, Utf8Text? AppVersion);

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
