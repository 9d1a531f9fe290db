using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>A mobile app's event with a push token: a device of the person is added or used again, and what happened is told besides; or it is removed.</summary>
internal static class DeviceMapping
{
    private static readonly string[] AppleFamily = ["ios", "ipados", "tvos", "watchos", "visionos", "iphone", "iphone os", "ipad"];

    /// <summary>Maps an event that says that the app is there: the device, then the event.</summary>
    public static MappingResult Add(FreshpaintEvent.Track track, MappingContext context)
    {
        MappingResult plain = TrackMapping.Plain(track, context);
        if (plain is not MappingResult.Mapped { Operations: [TrackApiOperation.TrackEvent { Subject: EventSubject.Known { Person: var person } } happened] })
        {
            return plain;
        }

        return Token(track, context) is { } token && Platform(track, context) is { } isApple
            ? context.Result(new TrackApiOperation.AddDevice(person, new PersonDevice(token, isApple, happened.Timestamp, AppVersion(track))), happened)
            : context.Result(happened);
    }

    /// <summary>Maps an event that says that the app is gone: nothing is told but that.</summary>
    public static MappingResult Remove(FreshpaintEvent.Track track, MappingContext context) =>
        IdentityMapping.Of(track, context).Person is { } person && Token(track, context) is { } token
            ? context.Result(new TrackApiOperation.RemoveDevice(person, token))
            : TrackMapping.Plain(track, context);

    // A word for none, and whatever could not be in a URL, is no token.
    private static Utf8Text? Token(FreshpaintEvent.Track track, MappingContext context)
    {
        Identifier token = Identifier.Read(track.Head.Context["device"u8]["token"u8], context.Settings.PlaceholderIdentifiers)
            .OrMember(track.Head.RawProperties, "$device_token"u8, context.Settings.PlaceholderIdentifiers);
        if (token.IsPresent)
        {
            return token.Text;
        }

        if (token.Problem is not null || token.WasPlaceholder)
        {
            Unclear("its push token can't be read", context);
        }

        return null;
    }

    private static void Unclear(string reason, MappingContext context) =>
        context.Warn(WarningCode.DeviceUnclear, "context.device", $"{reason}; the event is sent, and no device is added or removed");

    // True for the Apple family.
    private static bool? Platform(FreshpaintEvent.Track track, MappingContext context)
    {
        bool? isApple = PlatformOf(track.Head.Context["device"u8]["type"u8])
            ?? PlatformOf(track.Head.RawProperties["$device_type"u8])
            ?? PlatformOf(track.Head.Context["os"u8]["name"u8]);
        if (isApple is null)
        {
            Unclear("its platform is neither of the Apple family nor Android", context);
        }

        return isApple;
    }

    private static bool? PlatformOf(JsonValue value)
    {
        ReadOnlySpan<byte> name = value.TryGetText(out Utf8Text text) ? Utf8Scan.Trim(text).Span : default;
        if (Ascii.EqualsIgnoreCase(name, "android"u8))
        {
            return false;
        }

        foreach (string apple in AppleFamily)
        {
            if (Ascii.EqualsIgnoreCase(name, apple))
            {
                return true;
            }
        }

        return null;
    }

    private static Utf8Text? AppVersion(FreshpaintEvent.Track track)
    {
        JsonValue version = track.Head.RawProperties["$app_version"u8];
        version = version.Kind is JsonKind.String or JsonKind.Number ? version : track.Head.Context["app"u8]["version"u8];
        return version.Kind == JsonKind.Number ? new Utf8Text(version.Memory)
            : version.TryGetText(out Utf8Text text) && !text.IsBlank ? text
            : null;
    }
}
