using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>Where events come from.</summary>
[Flags]
internal enum EventSources
{
    /// <summary>Nowhere.</summary>
    None = 0,

    /// <summary>A browser: Freshpaint's JavaScript library, or whatever came with a write key.</summary>
    Web = 1,

    /// <summary>An app: channel <c>mobile</c>, or an iOS, Android or React Native library.</summary>
    Mobile = 2,

    /// <summary>Everything else.</summary>
    Server = 4,

    /// <summary>Anywhere.</summary>
    All = Web | Mobile | Server,
}

/// <summary>Tells where an event comes from.</summary>
internal static class EventSource
{
    /// <summary>The one source of an event.</summary>
    public static EventSources Of(EventHead head)
    {
        JsonValue library = head.Context["library"u8]["name"u8];
        return head.FromBrowser || library.Is("freshpaint.js"u8) ? EventSources.Web
            : IsMobile(head.Channel) || IsMobile(head.Context["channel"u8]) || IsMobileLibrary(library) ? EventSources.Mobile
            : EventSources.Server;
    }

    /// <summary>Its name in the rules.</summary>
    public static string NameOf(EventSources source) => source switch
    {
        EventSources.Web => "web",
        EventSources.Mobile => "mobile",
        _ => "server",
    };

    private static bool IsMobile(JsonValue channel) => channel.TryGetText(out Utf8Text name) && Ascii.EqualsIgnoreCase(Utf8Scan.Trim(name).Span, "mobile"u8);

    private static bool IsMobileLibrary(JsonValue library) =>
        library.TryGetText(out Utf8Text name)
        && (Contains(name.Span, "ios"u8) || Contains(name.Span, "android"u8) || Contains(name.Span, "react-native"u8));

    private static bool Contains(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word)
    {
        for (int i = 0; i + word.Length <= text.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(text.Slice(i, word.Length), word))
            {
                return true;
            }
        }

        return false;
    }
}
