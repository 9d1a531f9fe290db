using CustomerIoDestination.Delivery;
using CustomerIoDestination.Ingest;
using CustomerIoDestination.Limits;
using CustomerIoDestination.Settings;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Mapping;

/// <summary>
/// A page becomes a page view named by its URL; the full URL stays in <c>data.url</c>. A URL over the limit loses its query first: it is the
/// part that may hold health data.
/// </summary>
internal static class PageMapping
{
    /// <summary>Maps a page.</summary>
    public static MappingResult Map(FreshpaintEvent.Page page, MappingContext context) =>
        EventData.Track(page, TrackEventType.Page, Name(page, context), page.Properties, context);

    private static Utf8Text Name(FreshpaintEvent.Page page, MappingContext context)
    {
        if (!Names.TryFirst([page.Properties["url"u8], page.Properties["path"u8], page.Name], out Utf8Text name))
        {
            context.Problem(DeadLetterReason.InvalidEvent, "name", "nothing names the page: no url, no $current_url, no path, no name");
            return default;
        }

        if (name.Length <= TrackApiLimits.PageNameBytes)
        {
            return name;
        }

        if (context.Limits.PageName == OverLimit.DeadLetter)
        {
            context.OverLimit("name", "the page's name", TrackApiLimits.PageNameBytes, name.Length);
            return name;
        }

        var cut = new Utf8Text(NameCut.Url(name.Span, TrackApiLimits.PageNameBytes));
        context.Warn("page_name_cut", "name", $"the page's name had {name.Length} bytes; {cut.Length} are sent (the limit is {TrackApiLimits.PageNameBytes})");
        return cut;
    }
}
