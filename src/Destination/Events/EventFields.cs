using System.Text;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Events;

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

    /// <summary>
    /// Whether it is the webhook's shape: a member is there that only the webhook has. One that is null is not there, and traits without members say nothing; a
    /// message id or a context beside a <c>distinct_id</c> are an addition to the HTTP API's.
    /// </summary>
    public readonly bool IsWebhook => Type.IsPresent || Says(UserId) || Says(AnonymousId) || Says(GroupId) || HoldsTraits
        || ((Says(MessageId) || Says(Context)) && !Properties["distinct_id"u8].IsPresent);

    /// <summary>Whether there are traits with anything in them.</summary>
    public readonly bool HoldsTraits => Traits.Kind switch
    {
        JsonKind.Object => Traits.HasMembers,
        JsonKind.Array => Traits.HasElements,
        _ => Says(Traits),
    };

    /// <summary>Whether there is a group's id with anything in it.</summary>
    public readonly bool NamesGroup => Says(GroupId) && !(GroupId.TryGetText(out Utf8Text text) && text.IsBlank);

    /// <summary>Finds them. Of one that is given twice the last counts, but of integrations one that excludes.</summary>
    public static EventFields Of(JsonValue item)
    {
        EventFields fields = default;
        fields.HoldsHalfName = item.IsAmongHalfNames;
        foreach (JsonMember member in item.AllMembers)
        {
            fields.Take(member.Name.Span, member.Value);
        }

        return fields;
    }

    private static bool Says(JsonValue value) => value.Kind is not (JsonKind.Missing or JsonKind.Null);

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
                Integrations = Integrations.IsPresent && Events.Integrations.Read(Integrations) == IntegrationChoice.OptedOut ? Integrations : value;
                break;
        }
    }
}

/// <summary>What an event's <c>integrations</c> say about this destination.</summary>
internal enum IntegrationChoice
{
    /// <summary>It is to be sent.</summary>
    Included,

    /// <summary>They name this destination, but neither let it through nor exclude it; it is sent.</summary>
    Unclear,

    /// <summary>It is not to be sent.</summary>
    OptedOut,
}

/// <summary>
/// Reads <c>integrations</c>: <c>{"Customer.io": false}</c>, or <c>{"All": false}</c> with neither Customer.io nor Webhooks (the way events come here) let
/// through by name. Names count by their letters and digits, so that <c>customer.io (Actions)</c> and <c>CUSTOMER_IO</c> are this destination too.
/// </summary>
internal static class Integrations
{
    private const int LongestKey = 64;

    private enum Said
    {
        Nothing,
        Include,
        Exclude,
        Unclear,
    }

    /// <summary>Reads them.</summary>
    public static IntegrationChoice Read(JsonValue integrations)
    {
        switch (integrations.Kind)
        {
            case JsonKind.Missing or JsonKind.Null:
                return IntegrationChoice.Included;
            case JsonKind.Object:
                return OfMembers(integrations);
            case JsonKind.String when integrations.TryGetText(out Utf8Text text) && EmbeddedJson.Object(text) is { IsPresent: true } embedded:
                return OfMembers(embedded);
            case JsonKind.Array:
                return IsEmpty(integrations) ? IntegrationChoice.Included : IntegrationChoice.Unclear;
            default:
                return FlagText.TryRead(integrations, out bool all)
                    ? all ? IntegrationChoice.Included : IntegrationChoice.OptedOut
                    : IntegrationChoice.Unclear;
        }
    }

    private static IntegrationChoice OfMembers(JsonValue integrations)
    {
        Said own = Said.Nothing;
        Said all = Said.Nothing;
        bool webhooksLetIn = false;
        Span<byte> buffer = stackalloc byte[LongestKey];

        // Every member counts, repeated names too: one that excludes wins.
        foreach (JsonMember member in integrations.AllMembers)
        {
            ReadOnlySpan<byte> key = LettersAndDigits(member.Name.Span, buffer);
            if (key.StartsWith("customerio"u8))
            {
                own = Stronger(own, SaidBy(member.Value));
            }
            else if (key.SequenceEqual("all"u8))
            {
                all = Stronger(all, SaidBy(member.Value));
            }
            else if (key.StartsWith("webhooks"u8))
            {
                webhooksLetIn |= SaidBy(member.Value) == Said.Include;
            }
        }

        return own == Said.Exclude || (all == Said.Exclude && own != Said.Include && (own == Said.Unclear || !webhooksLetIn)) ? IntegrationChoice.OptedOut
            : own == Said.Unclear || (all == Said.Unclear && own == Said.Nothing) ? IntegrationChoice.Unclear
            : IntegrationChoice.Included;
    }

    private static Said Stronger(Said first, Said second) =>
        first == Said.Exclude || second == Said.Exclude ? Said.Exclude
        : first == Said.Unclear || second == Said.Unclear ? Said.Unclear
        : first == Said.Include ? first : second;

    private static Said SaidBy(JsonValue value)
    {
        if (value.Kind == JsonKind.Null)
        {
            return Said.Nothing;
        }

        if (value.Kind != JsonKind.Object)
        {
            return FlagText.TryRead(value, out bool flag) ? flag ? Said.Include : Said.Exclude : Said.Unclear;
        }

        Said said = Said.Include;
        foreach (JsonMember member in value.AllMembers)
        {
            ReadOnlySpan<byte> name = member.Name.Span;
            if (Ascii.EqualsIgnoreCase(name, "enabled"u8) || Ascii.EqualsIgnoreCase(name, "active"u8))
            {
                Said switched = FlagText.TryRead(member.Value, out bool flag) ? flag ? Said.Include : Said.Exclude
                    : member.Value.Kind == JsonKind.Null ? Said.Include
                    : Said.Unclear;
                said = Stronger(said, switched);
            }
        }

        return said;
    }

    // Longer keys are cut: what decides stands at their beginning.
    private static ReadOnlySpan<byte> LettersAndDigits(ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        int length = 0;
        foreach (byte b in name)
        {
            if (length < buffer.Length && char.IsAsciiLetterOrDigit((char)b))
            {
                buffer[length++] = (byte)(b | (char.IsAsciiLetterUpper((char)b) ? 0x20 : 0));
            }
        }

        return buffer[..length];
    }

    private static bool IsEmpty(JsonValue array)
    {
        foreach (JsonValue element in array.Elements)
        {
            return !element.IsPresent;
        }

        return true;
    }
}
