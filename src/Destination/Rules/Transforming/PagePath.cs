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
        JsonValue given = source.Head.Context["page"u8];
        JsonValue page = given.TryGetText(out Utf8Text json) ? EmbeddedJson.Object(json) : given;
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
            if ((!isKnown && paths.Matches(Normal(isUrl ? InUrl(before) : Rooted(before))))
                || (hash >= 0 && InFragment(text.Bytes[(hash + 1)..]) is { } inside && paths.Matches(Normal(inside))))
            {
                return true;
            }

            isKnown = true;
        }

        return false;
    }

    /// <summary>The form in which paths are compared: escapes decoded, backslashes as slashes, repeated slashes as one, <c>.</c> and <c>..</c> resolved, composed (NFC), in lower case.</summary>
    public static Utf8Text Normal(Utf8Text path)
    {
        if (Ascii.IsValid(path.Span) && !path.Span.ContainsAnyInRange((byte)'A', (byte)'Z') && path.Span.IndexOfAny("%\\"u8) < 0
            && path.Span.IndexOf("//"u8) < 0 && path.Span.IndexOf("/."u8) < 0)
        {
            return path;
        }

        string decoded = Composition.Compose(Uri.UnescapeDataString(path.ToString())).Replace('\\', '/').ToLowerInvariant();
        bool endsInside = decoded.EndsWith('/') || decoded.EndsWith("/.", StringComparison.Ordinal) || decoded.EndsWith("/..", StringComparison.Ordinal);
        List<string> segments = [];
        foreach (string segment in decoded.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (segment == ".." && segments.Count > 0)
            {
                segments.RemoveAt(segments.Count - 1);
            }
            else if (segment is not ("." or ".."))
            {
                segments.Add(segment);
            }
        }

        string inside = string.Join('/', segments);
        return Utf8Text.Of((decoded.StartsWith('/') ? "/" : "") + inside + (endsInside && segments.Count > 0 ? "/" : ""));
    }

    // Routers tell a path without its first slash, too.
    private static Utf8Text Rooted(Utf8Text path) => path.IsEmpty || path.Span[0] is (byte)'/' or (byte)'\\' ? path : new Utf8Text((byte[])[(byte)'/', .. path.Span]);

    private static Utf8Text InUrl(Utf8Text url)
    {
        int scheme = url.Span.IndexOf("//"u8);
        int start = scheme < 0 ? 0 : scheme + 2;
        int slash = url.Span[start..].IndexOfAny((byte)'/', (byte)'\\');
        return slash < 0 ? Utf8Text.Of("/") : new Utf8Text(url.Bytes[(start + slash)..]);
    }

    private static Utf8Text? InFragment(ReadOnlyMemory<byte> fragment)
    {
        if (fragment.Span.StartsWith("!"u8))
        {
            fragment = fragment[1..];
        }

        ReadOnlySpan<byte> path = fragment.Span;
        return path.StartsWith("/"u8) || path.StartsWith("\\"u8) || path.StartsWith("%2F"u8) || path.StartsWith("%2f"u8) ? WithoutQuery(fragment) : null;
    }

    private static Utf8Text WithoutQuery(ReadOnlyMemory<byte> path)
    {
        int end = path.Span.IndexOfAny((byte)'?', (byte)'#');
        return new Utf8Text(end < 0 ? path : path[..end]);
    }
}

/// <summary>
/// Takes out of a URL what may carry values: the query, also the one inside the fragment where apps of one page keep theirs (<c>#/checkout?plan=2</c>), parameters of
/// the path (<c>;jsessionid=1</c>), a fragment that holds a <c>=</c> (<c>#access_token=…</c>), and the user and password before the host.
/// </summary>
internal sealed class StripQuery : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        edited = default;
        if (!value.TryGetText(out Utf8Text text) || text.Span.IndexOfAny("?;#@"u8) < 0)
        {
            return false;
        }

        int hash = text.Span.IndexOf((byte)'#');
        ReadOnlySpan<byte> fragment = hash < 0 ? default : UpToQuery(text.Span[hash..]);
        byte[] page = WithoutParameters(WithoutUser(UpToQuery(hash < 0 ? text.Span : text.Span[..hash])));
        byte[] inside = WithoutParameters(fragment);
        byte[] left = HoldsValue(inside) ? page : [.. page, .. inside];
        edited = EditableValue.Text(left);
        return left.Length != text.Length;
    }

    private static ReadOnlySpan<byte> UpToQuery(ReadOnlySpan<byte> part) => part.IndexOf((byte)'?') is >= 0 and int query ? part[..query] : part;

    // An escaped = is one to whoever reads the fragment.
    internal static bool HoldsValue(ReadOnlySpan<byte> fragment) => fragment.Contains((byte)'=') || fragment.IndexOf("%3D"u8) >= 0 || fragment.IndexOf("%3d"u8) >= 0;

    private static byte[] WithoutUser(ReadOnlySpan<byte> url)
    {
        int slashes = url.IndexOf("//"u8);
        if (slashes < 0 || (slashes > 0 && url[slashes - 1] != (byte)':'))
        {
            return url.ToArray();
        }

        int host = slashes + 2;
        int end = url[host..].IndexOf((byte)'/');
        int at = (end < 0 ? url[host..] : url.Slice(host, end)).LastIndexOf((byte)'@');
        return at < 0 ? url.ToArray() : [.. url[..host], .. url[(host + at + 1)..]];
    }

    private static byte[] WithoutParameters(ReadOnlySpan<byte> path)
    {
        var left = new List<byte>(path.Length);
        while (!path.IsEmpty)
        {
            int next = path[1..].IndexOfAny((byte)';', (byte)'/');
            ReadOnlySpan<byte> piece = next < 0 ? path : path[..(next + 1)];
            if (piece[0] != (byte)';' || !HoldsValue(piece))
            {
                left.AddRange(piece);
            }

            path = path[piece.Length..];
        }

        return [.. left];
    }
}

/// <summary>The same for a name, which is a URL if it begins as one: a question as a name stays whole.</summary>
internal sealed class StripQueryOfUrl : IValueEdit
{
    private static readonly StripQuery Query = new();

    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        edited = default;
        return value.TryGetText(out Utf8Text text) && (text.Span.StartsWith("/"u8) || text.Span.IndexOf("://"u8) >= 0) && Query.TryEdit(value, out edited);
    }
}

/// <summary>Empties a query that stands by itself (<c>location.search</c>), with its question mark or without. Words that were searched for are none.</summary>
internal sealed class StripSearch : IValueEdit
{
    private static readonly StripQuery Query = new();

    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        bool holds = value.TryGetText(out Utf8Text text) && StripQuery.HoldsValue(text.Span);
        edited = holds ? EditableValue.Text(default) : default;
        return holds || Query.TryEdit(value, out edited);
    }
}
