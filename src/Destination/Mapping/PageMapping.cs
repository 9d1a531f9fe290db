using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// A page becomes a page view named by its URL; the full URL stays in <c>data.url</c>. A URL over the limit loses its query first: it is the
/// part that may hold health data.
/// </summary>
internal static class PageMapping
{
    /// <summary>Maps a page.</summary>
    public static MappingResult Map(FreshpaintEvent.Page page, MappingContext context)
    {
        if (TryName(page, out Utf8Text name, out bool replaced))
        {
            context.TellReplaced(replaced, "name");
            return EventData.Track(page, TrackEventType.Page, Limited(name, context), page.Properties, context);
        }

        if (context.Given is FreshpaintEvent.Page given && TryName(given, out _, out _))
        {
            return context.Filtered();
        }

        context.Problem(DeadLetterReason.InvalidEvent, "name", "nothing names the page: no url, no $current_url, no path, no name");
        return EventData.Track(page, TrackEventType.Page, default, page.Properties, context);
    }

    private static bool TryName(FreshpaintEvent.Page page, out Utf8Text name, out bool replaced) =>
        Names.TryFirst([page.Properties["url"u8], page.Properties["path"u8], page.Name], out name, out replaced);

    private static Utf8Text Limited(Utf8Text name, MappingContext context)
    {
        if (context.Stays(name, TrackApiLimits.PageNameBytes, context.Limits.PageName == OverLimit.DeadLetter, "name", "the page's name"))
        {
            return name;
        }

        var cut = new Utf8Text(NameCut.Url(name.Span, TrackApiLimits.PageNameBytes));
        context.Warn(WarningCode.PageNameCut, "name", $"the page's name had {name.Length} bytes; {cut.Length} are sent (the limit is {TrackApiLimits.PageNameBytes})");
        return cut;
    }
}
