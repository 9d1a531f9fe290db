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
                $"the item is no JSON at line {e.LineNumber + 1}, byte {e.BytePositionInLine}"));
        }

        return depth > JsonTable.MaxDepth
            ? new Bad("too_deep", $"the event nests {depth} levels deep; the limit is {JsonTable.MaxDepth}")
            : new Bad("invalid_encoding", "the item is no UTF-8");
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
