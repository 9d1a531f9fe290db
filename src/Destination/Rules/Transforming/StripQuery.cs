using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>
/// Takes the query out of a URL: from the <c>?</c> to the fragment, and a query inside the fragment too, where apps of one page keep theirs
/// (<c>#/checkout?plan=2</c>). What has no <c>?</c> stays.
/// </summary>
internal sealed class StripQuery : IValueEdit
{
    /// <inheritdoc/>
    public bool TryEdit(EditableValue value, out EditableValue edited)
    {
        edited = default;
        if (!value.TryGetText(out Utf8Text text) || !text.Span.Contains((byte)'?'))
        {
            return false;
        }

        int hash = text.Span.IndexOf((byte)'#');
        edited = EditableValue.Text(hash < 0
            ? UpToQuery(text.Span).ToArray()
            : [.. UpToQuery(text.Span[..hash]), .. UpToQuery(text.Span[hash..])]);
        return true;
    }

    private static ReadOnlySpan<byte> UpToQuery(ReadOnlySpan<byte> part) => part.IndexOf((byte)'?') is >= 0 and int query ? part[..query] : part;
}
