using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// A track becomes an event of the person, or of the device while nobody is known; unless the rules give its name a meaning: a device, an object, or the
/// end of a person.
/// </summary>
internal static class TrackMapping
{
    /// <summary>Maps a track.</summary>
    public static MappingResult Map(FreshpaintEvent.Track track, MappingContext context) => RoleOf(context) switch
    {
        EventRole.DeletePerson => Lifecycle(track, LifecycleChange.Delete, context),
        EventRole.SuppressPerson => Lifecycle(track, LifecycleChange.Suppress, context),
        EventRole.UnsuppressPerson => Lifecycle(track, LifecycleChange.Unsuppress, context),
        EventRole.UpdateObject => GroupMapping.Update(track, context),
        EventRole.DeleteObject => GroupMapping.Delete(track, context),
        EventRole.AddDevice => DeviceMapping.Add(track, context),
        EventRole.RemoveDevice => DeviceMapping.Remove(track, context),
        _ => Plain(track, context),
    };

    /// <summary>Maps a track as one without a meaning of its own.</summary>
    public static MappingResult Plain(FreshpaintEvent.Track track, MappingContext context) =>
        EventData.Track(track, TrackEventType.Event, EventData.Name(track.Name, context), track.Properties, context);

    // By the name it came in with, whatever the rules call it. A write key, which everybody can read in the page, is no leave to delete an object or to have
    // somebody's messages sent to another device.
    private static EventRole RoleOf(MappingContext context)
    {
        EventRole role = context.Given is FreshpaintEvent.Track given ? context.Rules.Roles.Of(given.Name) : EventRole.None;
        if (!context.Envelope.FromBrowser || role is not (EventRole.UpdateObject or EventRole.DeleteObject or EventRole.AddDevice or EventRole.RemoveDevice))
        {
            return role;
        }

        context.Warn(WarningCode.BrowserLeftOut, "event", "it came with a write key, so it changes no object and no device; it is sent as a plain event");
        return EventRole.None;
    }

    private static MappingResult Lifecycle(FreshpaintEvent.Track track, LifecycleChange change, MappingContext context)
    {
        PersonIdentifier? person = IdentityMapping.Of(track, context).Person;
        if (WhyRefused(track, person, context) is { } reason)
        {
            context.Warn(WarningCode.LifecycleRefused, "event", $"it would delete or suppress somebody, but {reason}; it is sent as a plain event");
            return Plain(track, context);
        }

        return context.Result(new TrackApiOperation.ChangeLifecycle(person!.Value, change));
    }

    private static string? WhyRefused(FreshpaintEvent.Track track, PersonIdentifier? person, MappingContext context) =>
        !context.Envelope.LifecycleAllowed ? "the request had no lifecycle key"
        : (context.Rules.LifecycleSources & EventSource.Of(track.Head)) == EventSources.None ? "lifecycle.sources does not name where it comes from"
        : person is null ? "it names no person"
        : null;
}

/// <summary>What the event mappings share: the data object, the subject, the name.</summary>
internal static class EventData
{
    private const string Set = "properties";

    // "Events with a timestamp in the past 72 hours can trigger campaigns" (Track API, track).
    private const long CampaignSeconds = 72 * 60 * 60;

    /// <summary>The operation for an event, a page view or a screen view.</summary>
    /// <param name="source">The event.</param>
    /// <param name="type">What Customer.io takes it for.</param>
    /// <param name="name">The name, already within its limit or reported.</param>
    /// <param name="properties">The properties.</param>
    /// <param name="context">What it is mapped with.</param>
    public static MappingResult Track(FreshpaintEvent source, TrackEventType type, Utf8Text name, PropertySet properties, MappingContext context)
    {
        EventSubject? subject = SubjectOf(source, context);
        if (subject is EventSubject.Anonymous && !context.Rules.Anonymous)
        {
            return context.Skipped(SkipReason.NotEnabled, "anonymous");
        }

        Utf8Text data = Write(properties, context);
        long timestamp = context.EventSeconds(source.Head.Time);
        if (context.Envelope.Lane == Lane.Import && timestamp < context.ReceivedSeconds - CampaignSeconds)
        {
            context.Warn(WarningCode.TooOldForCampaigns, "timestamp", "the event is older than 72 hours: it keeps its time, and triggers no campaign");
        }

        return context.HasProblems || subject is null
            ? context.Result()
            : context.Result(new TrackApiOperation.TrackEvent(subject, type, name, context.Envelope.EventId, timestamp, data));
    }

    /// <summary>An event name within its limit: as it is, cut, or reported, as the settings say.</summary>
    public static Utf8Text Name(Utf8Text name, MappingContext context)
    {
        if (context.Stays(name, TrackApiLimits.EventNameBytes, context.Limits.EventName == OverLimit.DeadLetter, "event", "the event's name"))
        {
            return name;
        }

        context.Warn(WarningCode.NameCut, "event", $"the event's name had {name.Length} bytes; it was cut to {TrackApiLimits.EventNameBytes}");
        return new Utf8Text(name.Bytes[..NameCut.OnCharacter(name.Span, TrackApiLimits.EventNameBytes)]);
    }

    private static EventSubject? SubjectOf(FreshpaintEvent source, MappingContext context)
    {
        if (IdentityMapping.Of(source, context).Person is { } person)
        {
            return new EventSubject.Known(person);
        }

        if (source.Head.DeviceId.IsPresent)
        {
            return new EventSubject.Anonymous(source.Head.DeviceId.Text);
        }

        if (!context.HasProblems)
        {
            context.Problem(DeadLetterReason.MissingIdentifier, "userId", "the event has neither a user id, an e-mail nor a device id");
        }

        return null;
    }

    private static Utf8Text Write(PropertySet properties, MappingContext context)
    {
        ScratchBuffer output = context.Output;
        bool mayOverride = context.Rules.AllowMessageOverrides && !context.Envelope.FromBrowser;
        bool first = true;
        output.WriteByte((byte)'{');
        foreach (Property property in properties)
        {
            if (!mayOverride && IsGuarded(property.Name.Span))
            {
                context.Warn(WarningCode.GuardedProperty, FieldName.Of(Set, property.Name), "it could redirect a message and was left out");
                continue;
            }

            output.WriteName(property.Name.Span, ref first);
            if (output.WriteValue(property.Value, context.Settings.ConvertDates))
            {
                context.TellReplaced(replaced: true, FieldName.Of(Set, property.Name));
            }
        }

        output.WriteByte((byte)'}');
        if (output.Length > TrackApiLimits.EventDataBytes)
        {
            context.OverLimit(Set, "the event's data", TrackApiLimits.EventDataBytes, output.Length);
        }

        return new Utf8Text(output.Take());
    }

    // Customer.io lets these override a campaign's sender and recipient.
    private static bool IsGuarded(ReadOnlySpan<byte> name) => name.Length switch
    {
        8 => name.SequenceEqual("reply_to"u8),
        9 => name.SequenceEqual("recipient"u8),
        12 => name.SequenceEqual("from_address"u8),
        _ => false,
    };
}
