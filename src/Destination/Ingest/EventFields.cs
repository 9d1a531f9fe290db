using CustomerIoDestination.Json;

namespace CustomerIoDestination.Ingest;

/// <summary>The members of an item that say something, found in one walk over its top level.</summary>
internal readonly record struct EventFields
{
    public JsonValue Type { get; private init; }

    public JsonValue Event { get; private init; }

    public JsonValue Name { get; private init; }

    public JsonValue UserId { get; private init; }

    public JsonValue AnonymousId { get; private init; }

    public JsonValue GroupId { get; private init; }

    public JsonValue MessageId { get; private init; }

    public JsonValue Timestamp { get; private init; }

    public JsonValue Properties { get; private init; }

    public JsonValue Traits { get; private init; }

    public JsonValue Context { get; private init; }

    public JsonValue Integrations { get; private init; }

    public JsonValue Channel { get; private init; }

    /// <summary>Whether it is the webhook's shape: a member is there that only the webhook has.</summary>
    public bool IsWebhook => Type.IsPresent || UserId.IsPresent || AnonymousId.IsPresent || Traits.IsPresent || MessageId.IsPresent || Context.IsPresent || GroupId.IsPresent;

    /// <summary>Finds them.</summary>
    public static EventFields Of(JsonValue item)
    {
        EventFields fields = default;
        foreach (JsonMember member in item.Members)
        {
            ReadOnlySpan<byte> name = member.Name.Span;
            fields = name.Length switch
            {
                4 when name.SequenceEqual("type"u8) => fields with { Type = member.Value },
                4 when name.SequenceEqual("name"u8) => fields with { Name = member.Value },
                5 when name.SequenceEqual("event"u8) => fields with { Event = member.Value },
                6 when name.SequenceEqual("userId"u8) => fields with { UserId = member.Value },
                6 when name.SequenceEqual("traits"u8) => fields with { Traits = member.Value },
                7 when name.SequenceEqual("context"u8) => fields with { Context = member.Value },
                7 when name.SequenceEqual("channel"u8) => fields with { Channel = member.Value },
                7 when name.SequenceEqual("groupId"u8) => fields with { GroupId = member.Value },
                9 when name.SequenceEqual("messageId"u8) => fields with { MessageId = member.Value },
                9 when name.SequenceEqual("timestamp"u8) => fields with { Timestamp = member.Value },
                10 when name.SequenceEqual("properties"u8) => fields with { Properties = member.Value },
                11 when name.SequenceEqual("anonymousId"u8) => fields with { AnonymousId = member.Value },
                12 when name.SequenceEqual("integrations"u8) => fields with { Integrations = member.Value },
                _ => fields,
            };
        }

        return fields;
    }
}
