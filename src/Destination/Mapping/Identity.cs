using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Json;
using CustomerIoDestination.Limits;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Mapping;

/// <summary>Who an event is about (mapping.md 1, "Identity").</summary>
/// <param name="Person">The identifier that addresses the person; null when none is known.</param>
/// <param name="Email">The person's e-mail; null when none is known.</param>
internal readonly record struct Identity(PersonIdentifier? Person, Utf8Text? Email)
{
    /// <summary>Decides who an event is about, and reports identifiers that can't be used.</summary>
    public static Identity Of(FreshpaintEvent source, MappingContext context)
    {
        EventHead head = source.Head;
        Report(head.UserId, "userId", context);
        Report(head.DeviceId, "anonymousId", context);

        Utf8Text? email = EmailOf(source, context.Settings);
        Utf8Text? userId = head.UserId.IsPresent ? head.UserId.Text : null;
        Utf8Text? chosen = context.Settings.PersonIdentifier switch
        {
            PersonIdentifierChoice.Id => userId,
            PersonIdentifierChoice.Email => email ?? userId,
            _ => userId ?? email,
        };
        if (chosen is not { } value)
        {
            return new Identity(null, email);
        }

        if (value.Length > TrackApiLimits.PersonIdBytes)
        {
            context.OverLimit(value == userId ? "userId" : "email", "the person's identifier", TrackApiLimits.PersonIdBytes, value.Length);
        }

        var person = PersonIdentifier.ByShape(value);
        if (person.Kind == PersonIdentifierKind.CioId)
        {
            context.Warn("customerio_id", "userId", "the user id starts with cio_: Customer.io reads it as its own id and silently drops unknown ones");
        }

        return new Identity(person, email);
    }

    /// <summary>The person's e-mail as the event tells it; null when it tells none. A user id that looks like an e-mail is one.</summary>
    public static Utf8Text? EmailOf(FreshpaintEvent source, MappingSettings settings)
    {
        EventHead head = source.Head;
        Utf8Text? told = source switch
        {
            FreshpaintEvent.Identify identify =>
                ReadEmail(identify.Traits["email"u8]) ?? ReadEmail(head.UserProps["email"u8]) ?? ReadEmail(identify.Properties["email"u8]) ?? ReadEmail(identify.Traits.DistinctId),
            FreshpaintEvent.Track track => EmailOf(head, track.Properties, settings),
            FreshpaintEvent.Page page => EmailOf(head, page.Properties, settings),
            FreshpaintEvent.Screen screen => EmailOf(head, screen.Properties, settings),
            _ => EmailOf(head, default, settings),
        };
        return told ?? (head.UserId.IsPresent && EmailShape.Matches(head.UserId.Text.Span) ? head.UserId.Text : null);
    }

    private static Utf8Text? EmailOf(EventHead head, PropertySet properties, MappingSettings settings) =>
        ReadEmail(head.UserProps["email"u8])
        ?? ReadEmail(head.Context["traits"u8]["email"u8])
        ?? (settings.EmailFromProperties ? ReadEmail(properties["email"u8]) : null);

    private static Utf8Text? ReadEmail(JsonValue value) =>
        value.TryGetText(out Utf8Text text, out bool replaced) && !replaced && EmailShape.Matches(text.Span) ? text : null;

    private static void Report(Identifier identifier, string field, MappingContext context)
    {
        if (identifier.Problem is { } problem)
        {
            context.Problem(DeadLetterReason.InvalidEvent, field, $"{field} {problem}");
        }
    }
}
