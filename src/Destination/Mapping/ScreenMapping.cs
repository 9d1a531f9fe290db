using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>A screen becomes a screen view. The mobile SDKs name it in <c>firebase_screen</c> and call every one of them <c>screen_view</c>.</summary>
internal static class ScreenMapping
{
    /// <summary>Maps a screen.</summary>
    public static MappingResult Map(FreshpaintEvent.Screen screen, MappingContext context)
    {
        if (!TryName(screen, out Utf8Text name, out bool replaced))
        {
            if (context.Given is FreshpaintEvent.Screen given && TryName(given, out _, out _))
            {
                return context.Filtered();
            }

            context.Problem(DeadLetterReason.InvalidEvent, "name", "nothing names the screen: no name, no firebase_screen, no $screen_name");
        }

        context.TellReplaced(replaced, "name");
        return EventData.Track(screen, TrackEventType.Screen, EventData.Name(name, context), screen.Properties, context);
    }

    private static bool TryName(FreshpaintEvent.Screen screen, out Utf8Text name, out bool replaced)
    {
        JsonValue eventName = screen.EventName.Is("$screen"u8) || screen.EventName.Is("screen_view"u8) ? default : screen.EventName;
        return Names.TryFirst([screen.Name, screen.Properties["name"u8], screen.Properties["firebase_screen"u8], screen.BuiltInName, eventName], out name, out replaced);
    }
}
