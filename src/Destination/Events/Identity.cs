using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>Who an event is about (mapping.md 1, "Identity").</summary>
/// <param name="Person">The identifier that addresses the person; null when none is known.</param>
/// <param name="Email">The person's e-mail; null when none is known.</param>
internal readonly record struct Identity(PersonIdentifier? Person, Utf8Text? Email)
{
    /// <summary>Whether the event is of somebody of whom only the device is known.</summary>
    public static bool IsAnonymous(FreshpaintEvent source, MappingSettings settings)
    {
        EventHead head = source.Head;
        Utf8Text? userId = head.UserId.IsPresent ? head.UserId.Text : null;
        return head.DeviceId.IsPresent && head.UserId.Problem is null && Choose(userId, EmailOf(source, settings), settings) is null;
    }

    /// <summary>The person's e-mail as the event tells it; null when it tells none. A user id that looks like an e-mail is one.</summary>
    public static Utf8Text? EmailOf(FreshpaintEvent source, MappingSettings settings) => ToldEmail(source, settings) ?? EmailInUserId(source.Head);

    /// <summary>The user id, if it looks like an e-mail.</summary>
    public static Utf8Text? EmailInUserId(EventHead head) =>
        head.UserId.IsPresent && EmailShape.Matches(head.UserId.Text.Span) ? head.UserId.Text : null;

    /// <summary>The e-mail that the event tells elsewhere than in the user id.</summary>
    public static Utf8Text? ToldEmail(FreshpaintEvent source, MappingSettings settings) => source switch
    {
        FreshpaintEvent.Identify identify =>
            ReadEmail(identify.Traits["email"u8]) ?? ReadEmail(source.Head.UserProps["email"u8]) ?? ReadEmail(identify.Properties["email"u8]) ?? ReadEmail(identify.Traits.DistinctId),
        FreshpaintEvent.Track track => ToldEmail(source.Head, track.Properties, settings),
        FreshpaintEvent.Page page => ToldEmail(source.Head, page.Properties, settings),
        FreshpaintEvent.Screen screen => ToldEmail(source.Head, screen.Properties, settings),
        _ => ToldEmail(source.Head),
    };

    /// <summary>The e-mail that an event other than an identify tells about its person.</summary>
    public static Utf8Text? ToldEmail(EventHead head) => ReadEmail(head.UserProps["email"u8]) ?? ReadEmail(head.Context["traits"u8]["email"u8]);

    private static Utf8Text? ToldEmail(EventHead head, PropertySet properties, MappingSettings settings) =>
        ToldEmail(head) ?? (settings.EmailFromProperties ? ReadEmail(properties["email"u8]) : null);

    /// <summary>The identifier by which the settings address the person; null when the event has none.</summary>
    public static Utf8Text? Choose(Utf8Text? userId, Utf8Text? email, MappingSettings settings) => settings.PersonIdentifier switch
    {
        PersonIdentifierChoice.Id => userId,
        PersonIdentifierChoice.Email => email ?? userId,
        _ => userId ?? email,
    };

    private static Utf8Text? ReadEmail(JsonValue value) =>
        value.TryGetText(out Utf8Text text, out bool replaced) && !replaced && EmailShape.Matches(text.Span) ? text : null;
}
