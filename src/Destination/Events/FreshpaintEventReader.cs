using CustomerIoDestination.Model;
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
    /// <param name="problem">Why it is no event; null when it is one.</param>
    /// <returns>The event; null when it is none.</returns>
    public static FreshpaintEvent? Read(JsonValue item, out string? problem)
    {
        if (item.Kind != JsonKind.Object)
        {
            problem = $"the item is {item.Kind.WithArticle()}; an object was expected";
            return null;
        }

        EventFields fields = EventFields.Of(item);
        if (KindOf(fields, out problem) is not { } kind)
        {
            return null;
        }

        EventHead head = fields.IsWebhook ? WebhookHead(fields, kind) : HttpApiHead(fields);
        return Build(kind, head, fields, out problem);
    }

    private static EventKind? KindOf(in EventFields fields, out string? problem)
    {
        problem = null;
        if (!fields.IsWebhook || fields.Type.Kind == JsonKind.Missing)
        {
            return KindWithoutType(fields, out problem);
        }

        if (fields.Type.Kind != JsonKind.String)
        {
            problem = $"type is {fields.Type.Kind.WithArticle()}; a text was expected";
            return null;
        }

        return fields.Type.Is("track"u8) ? ReservedKind(fields.Event)
            : fields.Type.Is("identify"u8) ? EventKind.Identify
            : fields.Type.Is("page"u8) ? EventKind.Page
            : fields.Type.Is("screen"u8) ? EventKind.Screen
            : fields.Type.Is("group"u8) ? EventKind.Group
            : fields.Type.Is("alias"u8) ? EventKind.Alias
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

    private static EventKind ReservedKind(JsonValue name) =>
        name.Is("$identify"u8) ? EventKind.Identify
        : name.Is("$page"u8) || name.Is("$pageview"u8) ? EventKind.Page
        : name.Is("$screen"u8) ? EventKind.Screen
        : name.Is("$group"u8) ? EventKind.Group
        : name.Is("$alias"u8) ? EventKind.Alias
        : EventKind.Track;

    private static FreshpaintEvent? Build(EventKind kind, EventHead head, in EventFields fields, out string? problem)
    {
        problem = null;
        PropertyNames names = fields.IsWebhook ? PropertyNames.Webhook : PropertyNames.HttpApi;
        switch (kind)
        {
            case EventKind.Identify:
                return new FreshpaintEvent.Identify(head, Traits(fields, head), fields.Properties);
            case EventKind.Page:
                return new FreshpaintEvent.Page(head, fields.Name, PageProperties(fields));
            case EventKind.Screen:
                return new FreshpaintEvent.Screen(head, fields.Name, fields.Properties["$screen_name"u8], fields.Event, new PropertySet(fields.Properties, default, names, default));
            case EventKind.Track:
                if (!fields.Event.TryGetText(out Utf8Text name))
                {
                    problem = fields.Event.IsPresent
                        ? $"event is {fields.Event.Kind.WithArticle()}; a text was expected"
                        : "event is missing: a track needs a name";
                    return null;
                }

                problem = name.IsBlank ? "event is empty: a track needs a name" : null;
                return problem is null ? new FreshpaintEvent.Track(head, name, new PropertySet(fields.Properties, default, names, default)) : null;
            default:
                return new FreshpaintEvent.Undelivered(head, kind);
        }
    }

    // The SDK call documented for identify puts the HTTP API's names into traits; there $user_props beats its siblings.
    private static PropertySet Traits(in EventFields fields, EventHead head)
    {
        if (!fields.IsWebhook || !fields.Traits.IsPresent)
        {
            return new PropertySet(head.UserProps, fields.IsWebhook ? default : fields.Properties, PropertyNames.HttpApi, default);
        }

        JsonValue nested = fields.Traits["$user_props"u8];
        bool sdkCall = nested.Kind == JsonKind.Object || fields.Traits["distinct_id"u8].IsPresent;
        return sdkCall
            ? new PropertySet(nested, fields.Traits, PropertyNames.HttpApi, default)
            : new PropertySet(fields.Traits, head.UserProps, PropertyNames.Webhook, default);
    }

    private static PropertySet PageProperties(in EventFields fields)
    {
        JsonValue page = fields.Context["page"u8];
        JsonValue url = page["url"u8];
        url = IsText(url) ? url : fields.Properties["url"u8];
        url = IsText(url) ? url : fields.Properties["$current_url"u8];
        return fields.IsWebhook
            ? new PropertySet(fields.Properties, page, PropertyNames.Page, IsText(url) ? url : default)
            : new PropertySet(fields.Properties, page, PropertyNames.HttpApiPage, IsText(url) ? url : default);
    }

    private static EventHead WebhookHead(in EventFields fields, EventKind kind)
    {
        JsonValue properties = fields.Properties;
        JsonValue traits = fields.Traits;
        JsonValue userProps = traits["$user_props"u8];
        bool identify = kind == EventKind.Identify;
        Identifier device = Identifier.Read(fields.AnonymousId)
            .OrMember(properties, "$device_id"u8)
            .OrMember(identify ? traits : default, "$device_id"u8);
        Identifier user = Identifier.Read(fields.UserId).OrMember(identify ? traits : default, "distinct_id"u8);
        JsonValue time = fields.Timestamp;
        return new EventHead
        {
            Shape = EventShape.Webhook,
            UserId = SameAsDevice(user, device) ? Identifier.Absent : user,
            DeviceId = device,
            GivenId = Identifier.Read(fields.MessageId).OrMember(properties, "$insert_id"u8),
            Time = time.IsPresent || !identify ? time : traits["time"u8],
            UserProps = userProps.Kind == JsonKind.Object ? userProps : properties["$user_props"u8],
            Context = fields.Context,
            Integrations = fields.Integrations,
            Channel = fields.Channel,
            RawProperties = properties,
        };
    }

    private static EventHead HttpApiHead(in EventFields fields)
    {
        JsonValue properties = fields.Properties;
        Identifier device = Identifier.Read(properties["$device_id"u8]).OrMember(properties, "anonymous_id"u8);
        Identifier user = Identifier.Read(properties["distinct_id"u8]);
        return new EventHead
        {
            Shape = EventShape.HttpApi,
            UserId = SameAsDevice(user, device) ? Identifier.Absent : user,
            DeviceId = device,
            GivenId = Identifier.Read(properties["$insert_id"u8]),
            Time = properties["time"u8],
            UserProps = properties["$user_props"u8],
            Context = fields.Context,
            Integrations = fields.Integrations,
            Channel = fields.Channel,
            RawProperties = properties,
        };
    }

    // The SDK sends the device id as the user id until somebody identifies.
    private static bool SameAsDevice(Identifier user, Identifier device) => user.IsPresent && user.Text == device.Text;

    private static bool IsText(JsonValue value) => value.TryGetText(out Utf8Text text) && !text.IsBlank;
}
