using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Ingest;

/// <summary>
/// Reads the items of an import as ingest would, and gives events that have no id one, so that a second import of the same file sends nothing twice. Not thread-safe.
/// </summary>
/// <param name="placeholders">Words that stand for no identifier.</param>
public sealed class ImportedEvents(PlaceholderIdentifiers placeholders) : IDisposable
{
    private static readonly Utf8Text MessageId = Utf8Text.Of("messageId");
    private static readonly Utf8Text InsertId = Utf8Text.Of("$insert_id");
    private static readonly Utf8Text Properties = Utf8Text.Of("properties");

    private readonly JsonTable _table = new();

    /// <summary>Reads an item.</summary>
    /// <param name="item">The item.</param>
    /// <param name="makeId">Makes an id; called only when the event has none.</param>
    public ImportedEvent Read(ReadOnlyMemory<byte> item, Func<string> makeId) => EventItem.Read(item, _table, placeholders) switch
    {
        EventItem.Bad bad => new ImportedEvent.Bad(bad.Code, bad.Message),
        EventItem.Readable when IsBatch() => new ImportedEvent.Bad("invalid_event", "the item is a batch; an event was expected"),
        EventItem.Readable { Event.Head: { GivenId.IsPresent: false } head } => new ImportedEvent.Good(WithId(item, head.Shape, makeId())),
        _ => new ImportedEvent.Good(item),
    };

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();

    // Alone in a request it would be taken for one, among others for an event of an unknown type.
    private bool IsBatch() => _table.Root["batch"u8].Kind == JsonKind.Array && !_table.Root["event"u8].IsPresent;

    private ReadOnlyMemory<byte> WithId(ReadOnlyMemory<byte> item, EventShape shape, string id)
    {
        EditableNode root = EditableValue.Given(_table.Root).Opened()!;
        EditableValue value = EditableValue.Text(Utf8Text.Of(id).Bytes);
        if (shape == EventShape.Webhook)
        {
            root.Set(MessageId, value);
        }
        else if (!TrySetInProperties(root, value))
        {
            return item;
        }

        using var output = new ScratchBuffer();
        root.Write(output, compact: false);
        return output.Written.ToArray();
    }

    // The HTTP API's shape keeps its id among the properties; at the top it would make the event one of the other shape.
    private static bool TrySetInProperties(EditableNode root, EditableValue id)
    {
        EditableValue properties = root.Find(Properties);
        if (properties.TryGetText(out Utf8Text text) && EmbeddedJson.Object(text) is { IsPresent: true } embedded)
        {
            EditableNode inside = EditableValue.Given(embedded).Opened()!;
            inside.Set(InsertId, id);
            root.Set(Properties, EditableValue.Text(EditableValue.Open(inside).ToJson()));
            return true;
        }

        if (properties.Kind is JsonKind.Missing or JsonKind.Null)
        {
            root.Set(Properties, EditableValue.Open(new EditableNode(isArray: false)));
        }

        int index = root.IndexOf(Properties);
        if (root.OpenAt(index) is not { IsArray: false } node)
        {
            return false;
        }

        node.Set(InsertId, id);
        return true;
    }
}

/// <summary>What an item of an import is.</summary>
public abstract record ImportedEvent
{
    private ImportedEvent()
    {
    }

    /// <summary>An event.</summary>
    /// <param name="Json">The item, with an id of its own.</param>
    public sealed record Good(ReadOnlyMemory<byte> Json) : ImportedEvent;

    /// <summary>No event.</summary>
    /// <param name="Code">The code that ingest gives it.</param>
    /// <param name="Message">What is wrong; never data of the event.</param>
    public sealed record Bad(string Code, string Message) : ImportedEvent;
}
