using System.Text;
using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Naming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>The paths of the page an event happened on: the page's own, and those that apps of one page keep in the fragment (<c>#/conditions/x</c>, <c>#!/x</c>).</summary>
internal static class PagePath
{
    /// <summary>
    /// Whether a path of the page is one of these. The page's path is <c>context.page.path</c>, else the one inside <c>context.page.url</c> or <c>$current_url</c>, else, for a page view,
    /// the one inside its own <c>url</c> or <c>path</c>; a path in the fragment counts wherever one of these holds it. Compared in the form of <see cref="Normal"/>.
    /// </summary>
    /// <param name="source">The event as it came in.</param>
    /// <param name="paths">Patterns in the form of <see cref="Normal"/>.</param>
    public static bool Matches(FreshpaintEvent source, NameSet paths)
    {
        JsonValue page = source.Head.Context["page"u8];
        PropertySet own = source is FreshpaintEvent.Page view ? view.Properties : default;
        bool isKnown = false;
        foreach ((JsonValue place, bool isUrl) in (ReadOnlySpan<(JsonValue, bool)>)
            [(page["path"u8], false), (page["url"u8], true), (source.Head.RawProperties["$current_url"u8], true), (own["url"u8], true), (own["path"u8], false)])
        {
            if (!place.TryGetText(out Utf8Text text) || text.IsBlank)
            {
                continue;
            }

            int hash = text.Span.IndexOf((byte)'#');
            Utf8Text before = WithoutQuery(text.Bytes);
            if ((!isKnown && paths.Matches(Normal(isUrl ? InUrl(before) : before)))
                || (hash >= 0 && InFragment(text.Bytes[(hash + 1)..]) is { } inside && paths.Matches(Normal(inside))))
            {
                return true;
            }

            isKnown = true;
        }

        return false;
    }

    /// <summary>The form in which paths are compared: escapes decoded, repeated slashes as one, in lower case.</summary>
    public static Utf8Text Normal(Utf8Text path)
    {
        if (Ascii.IsValid(path.Span) && !path.Span.ContainsAnyInRange((byte)'A', (byte)'Z') && !path.Span.Contains((byte)'%') && path.Span.IndexOf("//"u8) < 0)
        {
            return path;
        }

        string decoded = Uri.UnescapeDataString(path.ToString());
        var normal = new StringBuilder(decoded.Length);
        foreach (char c in decoded.ToLowerInvariant())
        {
            if (c != '/' || normal.Length == 0 || normal[^1] != '/')
            {
                normal.Append(c);
            }
        }

        return Utf8Text.Of(normal.ToString());
    }

    private static Utf8Text InUrl(Utf8Text url)
    {
        int scheme = url.Span.IndexOf("//"u8);
        int start = scheme < 0 ? 0 : scheme + 2;
        int slash = url.Span[start..].IndexOf((byte)'/');
        return slash < 0 ? Utf8Text.Of("/") : new Utf8Text(url.Bytes[(start + slash)..]);
    }

    private static Utf8Text? InFragment(ReadOnlyMemory<byte> fragment)
    {
        if (fragment.Span.StartsWith("!"u8))
        {
            fragment = fragment[1..];
        }

        return fragment.Span.StartsWith("/"u8) ? WithoutQuery(fragment) : null;
    }

    private static Utf8Text WithoutQuery(ReadOnlyMemory<byte> path)
    {
        int end = path.Span.IndexOfAny((byte)'?', (byte)'#');
        return new Utf8Text(end < 0 ? path : path[..end]);
    }
}
