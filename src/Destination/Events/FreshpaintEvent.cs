using System.Text;
using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

/// <summary>
/// What Freshpaint sent, in one form whatever shape it came in. Looks into the raw JSON, and lives as long as the scope it was read in.
/// </summary>
internal abstract record FreshpaintEvent(EventHead Head)
{
    public abstract EventKind Kind { get; }

    /// <summary>Facts about a person.</summary>
    /// <param name="Head">What every event has.</param>
    /// <param name="Traits">The person's attributes.</param>
    /// <param name="Properties">An identify's own properties, of which only <c>email</c> is read.</param>
    public sealed record Identify(EventHead Head, PropertySet Traits, JsonValue Properties) : FreshpaintEvent(Head)
    {
        /// <inheritdoc/>
        public override EventKind Kind => EventKind.Identify;
    }

    /// <summary>Something that happened.</summary>
    /// <param name="Head">What every event has.</param>
    /// <param name="Name">The event's name.</param>
    /// <param name="Properties">The event's properties.</param>
    public sealed record Track(EventHead Head, Utf8Text Name, PropertySet Properties) : FreshpaintEvent(Head)
    {
        /// <inheritdoc/>
        public override EventKind Kind => EventKind.Track;
    }

    /// <summary>A page was viewed.</summary>
    /// <param name="Head">What every event has.</param>
    /// <param name="Name">The page's own name; missing as a rule.</param>
    /// <param name="Properties">The properties, the facts of <c>context.page</c> among them.</param>
    public sealed record Page(EventHead Head, JsonValue Name, PropertySet Properties) : FreshpaintEvent(Head)
    {
        /// <inheritdoc/>
        public override EventKind Kind => EventKind.Page;
    }

    /// <summary>A screen was viewed.</summary>
    /// <param name="Head">What every event has.</param>
    /// <param name="Name">The screen's own name.</param>
    /// <param name="BuiltInName"><c>$screen_name</c>.</param>
    /// <param name="EventName">The event's name, which may name the screen.</param>
    /// <param name="Properties">The properties.</param>
    public sealed record Screen(EventHead Head, JsonValue Name, JsonValue BuiltInName, JsonValue EventName, PropertySet Properties) : FreshpaintEvent(Head)
    {
        /// <inheritdoc/>
        public override EventKind Kind => EventKind.Screen;
    }

    /// <summary>Facts about a group (an object at Customer.io) and a person's part in it.</summary>
    /// <param name="Head">What every event has.</param>
    /// <param name="GroupId">The group's id.</param>
    /// <param name="Action">What is done, <c>add</c> or <c>remove</c>, as given; missing as a rule.</param>
    /// <param name="ObjectType">The type of the object, as given; missing as a rule.</param>
    /// <param name="Traits">The group's attributes, those two among them.</param>
    public sealed record Group(EventHead Head, Identifier GroupId, JsonValue Action, JsonValue ObjectType, PropertySet Traits) : FreshpaintEvent(Head)
    {
        /// <inheritdoc/>
        public override EventKind Kind => EventKind.Group;
    }

    /// <summary>Two identifiers are one person's: the user id is the one that stays.</summary>
    /// <param name="Head">What every event has.</param>
    /// <param name="PreviousId">The one that is given up.</param>
    public sealed record Alias(EventHead Head, Identifier PreviousId) : FreshpaintEvent(Head)
    {
        /// <inheritdoc/>
        public override EventKind Kind => EventKind.Alias;
    }

    /// <summary>An event of a type that nobody here knows.</summary>
    /// <param name="Head">What every event has.</param>
    public sealed record Unsupported(EventHead Head) : FreshpaintEvent(Head)
    {
        /// <inheritdoc/>
        public override EventKind Kind => EventKind.Unsupported;
    }
}

/// <summary>What every event has.</summary>
internal sealed record EventHead
{
    /// <summary>The shape it came in.</summary>
    public required EventShape Shape { get; init; }

    /// <summary>Whether it came with a write key: it is then the web's, whatever it calls itself, and not all it says counts.</summary>
    public required bool FromBrowser { get; init; }

    /// <summary>The user id; absent for anonymous visitors, also when the sender repeated the device id there.</summary>
    public required Identifier UserId { get; init; }

    public required Identifier DeviceId { get; init; }

    /// <summary>The sender's id of the event; absent when there is none.</summary>
    public required Identifier GivenId { get; init; }

    /// <summary>A track's name as given; missing for every other kind.</summary>
    public required JsonValue GivenName { get; init; }

    /// <summary>The sender's time of the event, as given.</summary>
    public required JsonValue Time { get; init; }

    /// <summary><c>$user_props</c>.</summary>
    public required JsonValue UserProps { get; init; }

    /// <summary><c>context</c>.</summary>
    public required JsonValue Context { get; init; }

    /// <summary><c>context.traits</c>: facts about the person that libraries keep.</summary>
    public required JsonValue ContextTraits { get; init; }

    /// <summary><c>integrations</c>.</summary>
    public required JsonValue Integrations { get; init; }

    /// <summary><c>channel</c>: <c>mobile</c> from Freshpaint's Android library.</summary>
    public required JsonValue Channel { get; init; }

    /// <summary>The properties as given, reserved names included.</summary>
    public required JsonValue RawProperties { get; init; }

    /// <summary>What was read otherwise than it stands there; null for nothing.</summary>
    public required List<MappingWarning>? Notices { get; init; }
}

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
        if (fields.NamesGroup)
        {
            return EventKind.Group;
        }

        if (fields.HoldsTraits)
        {
            return EventKind.Identify;
        }

        if (fields.Event.IsPresent)
        {
            return ReservedKind(fields.Event);
        }

        // Empty ones say no kind where an event has a name; where nothing else does, they are all there is to go by.
        if (fields.GroupId.IsPresent || fields.Traits.IsPresent)
        {
            return fields.GroupId.IsPresent ? EventKind.Group : EventKind.Identify;
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

/// <summary>What one item of a request is.</summary>
internal abstract record EventItem
{
    private EventItem()
    {
    }

    public sealed record Readable(FreshpaintEvent Event) : EventItem;

    /// <summary>No event.</summary>
    /// <param name="Code">A code from a closed set.</param>
    /// <param name="Message">What is wrong, where and how much; never data of the event.</param>
    public sealed record Bad(string Code, string Message) : EventItem;

    /// <summary>Reads an item into the table.</summary>
    /// <param name="item">The item.</param>
    /// <param name="table">Where it is read; the event lives as long.</param>
    /// <param name="placeholders">Words that stand for no identifier; null for the usual ones.</param>
    /// <param name="fromBrowser">Whether it came with a write key.</param>
    public static EventItem Read(ReadOnlyMemory<byte> item, JsonTable table, PlaceholderIdentifiers? placeholders = null, bool fromBrowser = false)
    {
        if (item.Length > EventEnvelope.MaxBodyBytes)
        {
            return new Bad("event_too_large", $"the event has {item.Length} bytes; the limit is {EventEnvelope.MaxBodyBytes}");
        }

        if (!table.TryRead(item))
        {
            return Explain(item.Span);
        }

        FreshpaintEvent? source = FreshpaintEventReader.Read(table.Root, placeholders ?? PlaceholderIdentifiers.Default, fromBrowser, out string? problem);
        return source is null ? new Bad("invalid_event", problem!) : new Readable(source);
    }

    // Only bad items come here, so that the good ones pay for no second look.
    private static Bad Explain(ReadOnlySpan<byte> item)
    {
        var reader = new Utf8JsonReader(item, new JsonReaderOptions { MaxDepth = int.MaxValue });
        int depth = 0;
        try
        {
            while (reader.Read())
            {
                depth = Math.Max(depth, reader.CurrentDepth + (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0));
            }
        }
        catch (JsonException e)
        {
            return new Bad("invalid_json", string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"the item is no JSON at its byte {PositionOf(item, e) + 1} of {item.Length}"));
        }

        return depth > JsonTable.MaxDepth
            ? new Bad("too_deep", $"the event nests {depth} levels deep; the limit is {JsonTable.MaxDepth}")
            : new Bad("invalid_encoding", "the item is no UTF-8");
    }

    // From the item's beginning and not by line: an item is often a line itself, and whoever reads of two lines takes one for the other.
    private static long PositionOf(ReadOnlySpan<byte> item, JsonException at)
    {
        int line = 0;
        for (long i = at.LineNumber ?? 0; i > 0; i--)
        {
            line += item[line..].IndexOf((byte)'\n') + 1;
        }

        return Math.Min(line + (at.BytePositionInLine ?? 0), Math.Max(0, item.Length - 1));
    }
}
