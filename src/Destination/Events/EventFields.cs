using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

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
