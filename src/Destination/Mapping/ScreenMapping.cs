using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Json;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Mapping;

/// <summary>A screen becomes a screen view. The mobile SDKs name it in <c>firebase_screen</c> and call every one of them <c>screen_view</c>.</summary>
internal static class ScreenMapping
{
    /// <summary>Maps a screen.</summary>
    public static MappingResult Map(FreshpaintEvent.Screen screen, MappingContext context)
    {
        JsonValue eventName = screen.EventName.Is("$screen"u8) || screen.EventName.Is("screen_view"u8) ? default : screen.EventName;
        ReadOnlySpan<JsonValue> candidates =
            [screen.Name, screen.Properties["name"u8], screen.Properties["firebase_screen"u8], screen.BuiltInName, eventName];
        if (!Names.TryFirst(candidates, out Utf8Text name))
        {
            context.Problem(DeadLetterReason.InvalidEvent, "name", "nothing names the screen: no name, no firebase_screen, no $screen_name");
        }

        return EventData.Track(screen, TrackEventType.Screen, EventData.Name(name, context), screen.Properties, context);
    }
}
