using System.Text;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>
/// Reads one item of a request into a <see cref="FreshpaintEvent"/>. Recognises both shapes (mapping.md 1), never throws on input, and
/// refuses only what is no event: not an object, no kind, no name.
/// </summary>
internal static class FreshpaintEventReader
{
    /// <summary>Reads an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="placeholders">Words that stand for no identifier.</param>
    /// <param name="fromBrowser">Whether it came with a write key.</param>
    /// <param name="problem">Why it is no event; null when it is one.</param>
    /// <returns>The event; null when it is none.</returns>
    public static FreshpaintEvent? Read(JsonValue item, PlaceholderIdentifiers placeholders, bool fromBrowser, out string? problem)
    {
        if (item.Kind != JsonKind.Object)
        {
            problem = $"the item is {item.Kind.WithArticle()}; an object was expected";
            return null;
        }

        EventFields fields = EventFields.Of(item);
        return KindOf(fields, out problem) is { } kind ? new EventBuilder(fields, kind, placeholders, fromBrowser).Build(out problem) : null;
    }

    private static EventKind? KindOf(in EventFields fields, out string? problem)
    {
        problem = null;
        if (!fields.IsWebhook || fields.Type.Kind == JsonKind.Missing)
        {
            return KindWithoutType(fields, out problem);
        }

        if (!fields.Type.TryGetText(out Utf8Text text))
        {
            problem = $"type is {fields.Type.Kind.WithArticle()}; a text was expected";
            return null;
        }

        ReadOnlySpan<byte> type = Utf8Scan.Trim(text).Span;
        return type.IsEmpty ? KindWithoutType(fields, out problem)
            : Ascii.EqualsIgnoreCase(type, "track"u8) ? ReservedKind(fields.Event)
            : Ascii.EqualsIgnoreCase(type, "identify"u8) ? EventKind.Identify
            : Ascii.EqualsIgnoreCase(type, "page"u8) ? EventKind.Page
            : Ascii.EqualsIgnoreCase(type, "screen"u8) ? EventKind.Screen
            : Ascii.EqualsIgnoreCase(type, "group"u8) ? EventKind.Group
            : Ascii.EqualsIgnoreCase(type, "alias"u8) ? EventKind.Alias
            : EventKind.Unsupported;
    }

    private static EventKind? KindWithoutType(in EventFields fields, out string? problem)
    {
        problem = null;
        if (fields.IsWebhook && fields.GroupId.IsPresent)
        {
            return EventKind.Group;
        }

        if (fields.IsWebhook && fields.Traits.IsPresent)
        {
            return EventKind.Identify;
        }

        if (fields.Event.IsPresent)
        {
            return ReservedKind(fields.Event);
        }

        problem = "the item has neither type nor event: nothing says what kind of event it is";
        return null;
    }

    private static EventKind ReservedKind(JsonValue value)
    {
        ReadOnlySpan<byte> name = value.TryGetText(out Utf8Text text) ? Utf8Scan.Trim(text).Span : default;
        return !name.StartsWith("$"u8) ? EventKind.Track
            : name.SequenceEqual("$identify"u8) ? EventKind.Identify
            : name.SequenceEqual("$page"u8) || name.SequenceEqual("$pageview"u8) ? EventKind.Page
            : name.SequenceEqual("$screen"u8) ? EventKind.Screen
            : name.SequenceEqual("$group"u8) ? EventKind.Group
            : name.SequenceEqual("$alias"u8) ? EventKind.Alias
            : EventKind.Track;
    }
}
