using System.Text.Json;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

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

/// <summary>The two forms in which Freshpaint's events come.</summary>
public enum EventShape
{
    /// <summary>Freshpaint's Webhooks destination and Functions: <c>type</c>, <c>userId</c>, <c>anonymousId</c>, <c>properties</c>, <c>traits</c>, …</summary>
    Webhook,

    /// <summary>Freshpaint's HTTP API: <c>event</c> and <c>properties</c> with <c>distinct_id</c>, <c>time</c> and <c>$</c>-names.</summary>
    HttpApi,
}

/// <summary>The members of an item that say something, found in one walk over its top level.</summary>
internal record struct EventFields
{
    public JsonValue Type { readonly get; private set; }

    public JsonValue Event { readonly get; private set; }

    public JsonValue Name { readonly get; private set; }

    public JsonValue UserId { readonly get; private set; }

    public JsonValue AnonymousId { readonly get; private set; }

    public JsonValue GroupId { readonly get; private set; }

    public JsonValue PreviousId { readonly get; private set; }

    public JsonValue MessageId { readonly get; private set; }

    public JsonValue Timestamp { readonly get; private set; }

    public JsonValue Properties { readonly get; private set; }

    public JsonValue Traits { readonly get; private set; }

    public JsonValue Context { readonly get; private set; }

    public JsonValue Integrations { readonly get; private set; }

    public JsonValue Channel { readonly get; private set; }

    /// <summary>Whether a member's name, however deep, holds a lone surrogate.</summary>
    public bool HoldsHalfName { readonly get; private set; }

    /// <summary>Whether it is the webhook's shape: a member is there that only the webhook has.</summary>
    public readonly bool IsWebhook => Type.IsPresent || UserId.IsPresent || AnonymousId.IsPresent || Traits.IsPresent || MessageId.IsPresent || Context.IsPresent || GroupId.IsPresent;

    /// <summary>Finds them.</summary>
    public static EventFields Of(JsonValue item)
    {
        EventFields fields = default;
        fields.HoldsHalfName = item.IsAmongHalfNames;
        foreach (JsonMember member in item.Members)
        {
            fields.Take(member.Name.Span, member.Value);
        }

        return fields;
    }

    private void Take(ReadOnlySpan<byte> name, JsonValue value)
    {
        switch (name.Length)
        {
            case 4 when name.SequenceEqual("type"u8):
                Type = value;
                break;
            case 4 when name.SequenceEqual("name"u8):
                Name = value;
                break;
            case 5 when name.SequenceEqual("event"u8):
                Event = value;
                break;
            case 6 when name.SequenceEqual("userId"u8):
                UserId = value;
                break;
            case 6 when name.SequenceEqual("traits"u8):
                Traits = value;
                break;
            case 7 when name.SequenceEqual("context"u8):
                Context = value;
                break;
            case 7 when name.SequenceEqual("channel"u8):
                Channel = value;
                break;
            case 7 when name.SequenceEqual("groupId"u8):
                GroupId = value;
                break;
            case 9 when name.SequenceEqual("messageId"u8):
                MessageId = value;
                break;
            case 9 when name.SequenceEqual("timestamp"u8):
                Timestamp = value;
                break;
            case 10 when name.SequenceEqual("properties"u8):
                Properties = value;
                break;
            case 10 when name.SequenceEqual("previousId"u8):
                PreviousId = value;
                break;
            case 11 when name.SequenceEqual("anonymousId"u8):
                AnonymousId = value;
                break;
            case 12 when name.SequenceEqual("integrations"u8):
                Integrations = value;
                break;
        }
    }
}
