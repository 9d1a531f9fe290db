using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

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
