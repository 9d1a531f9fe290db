using CustomerIoDestination.Events;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>The path of the page an event happened on.</summary>
internal static class PagePath
{
    /// <summary>
    /// <c>context.page.path</c>, else the path inside <c>context.page.url</c> or <c>$current_url</c>, in either case without query and fragment; null when nothing tells it.
    /// </summary>
    public static Utf8Text? Of(EventHead head)
    {
        JsonValue page = head.Context["page"u8];
        return page["path"u8].TryGetText(out Utf8Text path) ? WithoutQuery(path.Bytes)
            : page["url"u8].TryGetText(out Utf8Text url) || head.RawProperties["$current_url"u8].TryGetText(out url) ? PathOf(url)
            : null;
    }

    private static Utf8Text PathOf(Utf8Text url)
    {
        int scheme = url.Span.IndexOf("://"u8);
        int start = scheme < 0 ? 0 : scheme + 3;
        int slash = url.Span[start..].IndexOf((byte)'/');
        if (slash < 0)
        {
            return new Utf8Text("/"u8.ToArray());
        }

        return WithoutQuery(url.Bytes[(start + slash)..]);
    }

    private static Utf8Text WithoutQuery(ReadOnlyMemory<byte> path)
    {
        int end = path.Span.IndexOfAny((byte)'?', (byte)'#');
        return new Utf8Text(end < 0 ? path : path[..end]);
    }
}
